/**
 * JSON written straight into bytes: no intermediate strings or objects.
 *
 * A record is some 150 short numbers; formatting them with `JSON.stringify` would cost more than routing the
 * request in the virtual world. Numbers are written with a fixed number of decimals, which loses nothing because
 * they were rounded to that when they were measured. Hot path: see `bench/records.bench.ts`.
 */
import { type Decimals, NUMBER_BYTES, writeDecimal, writeInteger, writeText } from './json-number.ts'

const encoder = new TextEncoder()
const ZERO = 48
const COMMA = 44
const NULL = encoder.encode('null')
/** Pieces up to this long are copied byte by byte. */
const SHORT = 8

/** A JSON text (a quoted name, a whole object) encoded once, to be written many times. */
export function jsonText(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value))
}

/** A literal piece of JSON, such as `,"state":`. */
export function literal(text: string): Uint8Array {
  return encoder.encode(text)
}

export class JsonBytes {
  bytes: Uint8Array
  length = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
  }

  clear(): void {
    this.length = 0
  }

  /** Makes room for `count` more bytes. Callers reserve once per piece, so that the writers need not check. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }

  put(piece: Uint8Array): void {
    this.reserve(piece.length)
    if (piece.length > SHORT) {
      this.bytes.set(piece, this.length)
      this.length += piece.length
    } else this.length = copy(piece, this.bytes, this.length)
  }

  /** Appends what another one holds. */
  append(other: JsonBytes): void {
    this.reserve(other.length)
    this.bytes.set(other.bytes.subarray(0, other.length), this.length)
    this.length += other.length
  }

  byte(code: number): void {
    this.reserve(1)
    this.bytes[this.length++] = code
  }

  /** Text of ASCII characters that need no escape (hex digits). */
  ascii(text: string): void {
    this.reserve(text.length)
    this.length = writeText(this.bytes, this.length, text)
  }

  /** A whole number from 0 to 2^53. */
  integer(value: number): void {
    this.reserve(NUMBER_BYTES)
    this.length = writeInteger(this.bytes, this.length, value)
  }

  /** A number with at most `decimals` digits behind the point, trailing zeros left out; `null` for NaN. */
  decimal(value: number, decimals: Decimals): void {
    if (Number.isNaN(value)) return this.put(NULL)
    this.reserve(NUMBER_BYTES)
    this.length = writeDecimal(this.bytes, this.length, value, decimals)
  }

  /** Numbers of a row from `start` on, with commas between them; NaN becomes `null`. */
  decimals(values: Float64Array, start: number, count: number, decimals: Decimals): void {
    this.reserve(count * (NUMBER_BYTES + 1))
    const bytes = this.bytes
    let at = this.length
    for (let i = start; i < start + count; i++) {
      if (i > start) bytes[at++] = COMMA
      const value = values[i]!
      // Zero and one are most of what there is to write.
      if (value === 0) bytes[at++] = ZERO
      else if (value === 1) bytes[at++] = ZERO + 1
      else if (Number.isNaN(value)) at = copy(NULL, bytes, at)
      else at = writeDecimal(bytes, at, value, decimals)
    }
    this.length = at
  }
}

/** Copies a short piece; for a dozen bytes a loop beats the call into `set`. */
function copy(piece: Uint8Array, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < piece.length; i++) bytes[at + i] = piece[i]!
  return at + piece.length
}
