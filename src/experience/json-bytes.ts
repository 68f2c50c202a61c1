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
const POWERS_OF_TEN = Float64Array.from({ length: 11 }, (_, power) => 10 ** power)

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

  /** A number with at most `decimals` (0 to 9) digits behind the point, trailing zeros left out; `null` for NaN. */
  decimal(value: number, decimals: number): void {
    if (Number.isNaN(value)) return this.put(NULL)
    const magnitude = Math.abs(value)
    const scale = POWERS_OF_TEN[decimals]!
    const scaled = Math.round(magnitude * scale)
    // Beyond 2^53 the digits would be wrong; JavaScript's own shortest form is right, if slow.
    if (scaled > Number.MAX_SAFE_INTEGER) return this.ascii(JSON.stringify(value))
    this.reserve(24)
    if (value < 0 && scaled > 0) this.bytes[this.length++] = MINUS
    const whole = Math.floor(scaled / scale)
    this.#digits(whole)
    const fraction = scaled - whole * scale
    if (fraction > 0) this.#fraction(fraction | 0, decimals)
  }

  #digits(value: number): void {
    if (value < 10) this.bytes[this.length++] = ZERO + value
    else if (value < 2 ** 31) this.#smallDigits(value | 0)
    else this.ascii(String(value))
  }

  /** Most numbers are below 2^31, where whole-number arithmetic is several times faster. */
  #smallDigits(value: number): void {
    let count = 2
    while (count < 10 && value >= POWERS_OF_TEN[count]!) count++
    let left = value
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const rest = (left / 10) | 0
      this.bytes[at] = ZERO + (left - rest * 10)
      left = rest
    }
    this.length += count
  }

  /** @param fraction from 1 to 10^decimals - 1 */
  #fraction(fraction: number, decimals: number): void {
    let left = fraction
    let width = decimals
    while (left % 10 === 0) {
      left = (left / 10) | 0
      width--
    }
    this.bytes[this.length] = POINT
    for (let at = this.length + width; at > this.length; at--) {
      const rest = (left / 10) | 0
      this.bytes[at] = ZERO + (left - rest * 10)
      left = rest
    }
    this.length += width + 1
  }
}
