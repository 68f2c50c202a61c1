/**
 * Writes messages of Protocol Buffers (encoding: protobuf.dev/programming-guides/encoding): as much as ONNX files need.
 * A field is a tag, (number << 3) | type, and then a varint (type 0) or a length and so many bytes (type 2).
 */

const VARINT = 0
const BYTES = 2

export class ProtobufWriter {
  readonly #bytes: number[] = []

  integer(field: number, value: number): this {
    this.#varint((field << 3) | VARINT)
    this.#varint(value)
    return this
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint((field << 3) | BYTES)
    this.#varint(value.length)
    for (const byte of value) this.#bytes.push(byte)
    return this
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish())
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  /** Seven bits a byte, the lowest first. @param value an integer from 0 to 2^53 */
  #varint(value: number): void {
    let rest = value
    while (rest > 127) {
      this.#bytes.push((rest % 128) | 128)
      rest = Math.floor(rest / 128)
    }
    this.#bytes.push(rest)
  }
}
