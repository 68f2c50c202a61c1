/**
 * Numbers of JSON, straight from bytes. Hot path: see `bench/ingest.bench.ts`.
 *
 * A number of up to 15 digits without exponent is an integer divided by a power of ten up to 10^15. Both are exact, so
 * one division rounds correctly (Clinger, How to Read Floating Point Numbers Accurately, 1990) and gives what
 * `JSON.parse` gives. Everything else is refused, for `JSON.parse` to read.
 */

const ZERO = 48
const NINE = 57
const MINUS = 45
const POINT = 46
const COMMA = 44
const CLOSE = 93
const LETTER_N = 110
const MOST_DIGITS = 15
const POWERS_OF_TEN = Float64Array.from({ length: MOST_DIGITS + 1 }, (_, power) => Number(`1e${power}`))

/** Holds what a function found beside the position that it returns. */
export const scanned = { value: 0, count: 0 }

/** Reads one number, or `null` as NaN, into `scanned.value`; returns the position behind it, or -1 to refuse. */
export function scanNumber(bytes: Uint8Array, from: number): number {
  let at = from
  let byte = bytes[at]!
  if (byte === LETTER_N) {
    scanned.value = Number.NaN
    return isNull(bytes, at) ? at + 4 : -1
  }
  const negative = byte === MINUS
  if (negative) byte = bytes[++at]!
  if (byte < ZERO || byte > NINE) return -1
  const first = at
  let value = byte - ZERO
  byte = bytes[++at]!
  if (value === 0 && byte >= ZERO && byte <= NINE) return -1
  while (byte >= ZERO && byte <= NINE) {
    value = value * 10 + (byte - ZERO)
    byte = bytes[++at]!
  }
  let digits = at - first
  if (byte === POINT) {
    const point = at
    byte = bytes[++at]!
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO)
      byte = bytes[++at]!
    }
    const decimals = at - point - 1
    digits += decimals
    if (decimals === 0 || digits > MOST_DIGITS) return -1
    value /= POWERS_OF_TEN[decimals]!
  } else if (digits > MOST_DIGITS) return -1
  scanned.value = negative ? -value : value
  return at
}

/**
 * Reads a list of numbers and nulls from behind its `[` into `out`, from place `to` on, up to `most` of them.
 *
 * @returns the position behind `]`, or -1 to refuse; `scanned.count` says how many there were
 */
export function scanNumbers(
  bytes: Uint8Array,
  from: number,
  out: Float64Array,
  to: number,
  most: number,
): number {
  let at = from
  let place = to
  const end = to + most
  if (bytes[at] === CLOSE) {
    scanned.count = 0
    return at + 1
  }
  for (;;) {
    if (place === end) return -1
    const byte = bytes[at]!
    const next = bytes[at + 1]!
    // Single digits are most of what there is.
    if (byte >= ZERO && byte <= NINE && (next === COMMA || next === CLOSE)) {
      out[place++] = byte - ZERO
      at++
    } else {
      at = scanNumber(bytes, at)
      if (at < 0) return -1
      out[place++] = scanned.value
    }
    const behind = bytes[at++]
    if (behind === COMMA) continue
    if (behind !== CLOSE) return -1
    scanned.count = place - to
    return at
  }
}

export function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LETTER_N && bytes[at + 1] === 117 && bytes[at + 2] === 108 && bytes[at + 3] === 108
}
