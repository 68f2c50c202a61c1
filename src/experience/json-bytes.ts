/**
 * JSON written straight into bytes: no intermediate strings or objects.
 *
 * A record is some 150 short numbers; formatting them with `JSON.stringify` would cost more than routing the
 * request in the virtual world. Numbers are written with a fixed number of decimals, which loses nothing because
 * they were rounded to that when they were measured. Hot path: see `bench/records.bench.ts`.
 */
const encoder = new TextEncoder()
const ZERO = 48
const POINT = 46
const MINUS = 45
const NULL = encoder.encode('null')

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
    // For a dozen bytes a loop beats the call into `set`.
    if (piece.length < 24) {
      for (let i = 0; i < piece.length; i++) this.bytes[this.length + i] = piece[i]!
    } else this.bytes.set(piece, this.length)
    this.length += piece.length
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
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i)
  }

  /** A whole number from 0 to 2^53. */
  integer(value: number): void {
    this.reserve(20)
    this.#digits(value)
  }

  /** A number with at most `decimals` digits behind the point, trailing zeros left out; `null` for NaN. */
  decimal(value: number, decimals: number): void {
    if (Number.isNaN(value)) return this.put(NULL)
    const scale = 10 ** decimals
    const scaled = Math.round(Math.abs(value) * scale)
    // Beyond 2^53 the digits would be wrong; JavaScript's own shortest form is right, if slow.
    if (scaled > Number.MAX_SAFE_INTEGER) return this.ascii(JSON.stringify(value))
    this.reserve(24)
    if (value < 0 && scaled > 0) this.bytes[this.length++] = MINUS
    const whole = Math.floor(scaled / scale)
    this.#digits(whole)
    this.#fraction(scaled - whole * scale, decimals)
  }

  #digits(value: number): void {
    let count = 1
    for (let bound = 10; value >= bound; bound *= 10) count++
    let left = value
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const rest = Math.floor(left / 10)
      this.bytes[at] = ZERO + (left - rest * 10)
      left = rest
    }
    this.length += count
  }

  #fraction(fraction: number, decimals: number): void {
    if (fraction === 0) return
    let left = fraction
    let width = decimals
    while (left % 10 === 0) {
      left /= 10
      width--
    }
    this.bytes[this.length] = POINT
    for (let at = this.length + width; at > this.length; at--) {
      const rest = Math.floor(left / 10)
      this.bytes[at] = ZERO + (left - rest * 10)
      left = rest
    }
    this.length += width + 1
  }
}
