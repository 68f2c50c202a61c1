/**
 * Numbers as ASCII digits, written into bytes at a position; each function returns the position behind them.
 *
 * Plain functions over local variables instead of methods: V8 keeps everything in registers, which makes them
 * three times faster than writing through an object's fields. Hot path: see `bench/records.bench.ts`.
 */
const ZERO = 48
const POINT = 46
const MINUS = 45
const POWERS_OF_TEN = Float64Array.from({ length: 10 }, (_, power) => 10 ** power)
const THOUSAND = 1000
/** The digits of 0 to 999 as three bytes each. */
const TRIPLETS = Uint8Array.from(
  { length: 3 * THOUSAND },
  (_, i) => ZERO + (Math.floor(i / 3 / 10 ** (2 - (i % 3))) % 10),
)
/** Digits behind the point: they are written three at a time. */
export type Decimals = 3 | 6 | 9
/** The most bytes that a number takes. */
export const NUMBER_BYTES = 32

/** A whole number from 0 to 2^53. */
export function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = ZERO + value
    return at + 1
  }
  return value < 2 ** 31 ? writeSmall(bytes, at, value | 0) : writeText(bytes, at, String(value))
}

/** A number (not NaN) with at most `decimals` digits behind the point, trailing zeros left out. */
export function writeDecimal(bytes: Uint8Array, at: number, value: number, decimals: Decimals): number {
  const scale = POWERS_OF_TEN[decimals]!
  const scaled = Math.round(Math.abs(value) * scale)
  // Beyond 2^53 the digits would be wrong; JavaScript's own shortest form is right, if slow.
  if (scaled > Number.MAX_SAFE_INTEGER) return writeText(bytes, at, JSON.stringify(value))
  let end = at
  if (value < 0 && scaled > 0) bytes[end++] = MINUS
  const whole = Math.floor(scaled / scale)
  end = writeInteger(bytes, end, whole)
  const fraction = (scaled - whole * scale) | 0
  if (fraction === 0) return end
  bytes[end++] = POINT
  for (let behind = decimals - 3; behind >= 0; behind -= 3) {
    end = writeTriplet(bytes, end, ((fraction / POWERS_OF_TEN[behind]!) | 0) % THOUSAND)
  }
  while (bytes[end - 1] === ZERO) end--
  return end
}

/** Three digits, leading zeros included. */
function writeTriplet(bytes: Uint8Array, at: number, value: number): number {
  const from = value * 3
  bytes[at] = TRIPLETS[from]!
  bytes[at + 1] = TRIPLETS[from + 1]!
  bytes[at + 2] = TRIPLETS[from + 2]!
  return at + 3
}

/** A whole number from 10 to 2^31 - 1. */
function writeSmall(bytes: Uint8Array, at: number, value: number): number {
  let count = 2
  for (let bound = 100; count < 10 && value >= bound; bound *= 10) count++
  let left = value
  for (let i = at + count - 1; i >= at; i--) {
    const rest = (left / 10) | 0
    bytes[i] = ZERO + (left - rest * 10)
    left = rest
  }
  return at + count
}

/** ASCII text. */
export function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}
