/** Fixed pieces, texts and hex digits of a JSON line, straight from bytes. A position of -1 means: refused. */

const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
const BEYOND_ASCII = 128
const ZERO = 48
const NINE = 57
const LETTER_A = 97
const LETTER_F = 102
export const TRACE_DIGITS = 32

/** The position behind `piece` if it stands at `at`, or -1. */
export function behind(bytes: Uint8Array, at: number, piece: Uint8Array): number {
  if (at < 0) return -1
  for (let i = 0; i < piece.length; i++) if (bytes[at + i] !== piece[i]) return -1
  return at + piece.length
}

/** The position of the quote that ends the text whose first character stands at `from`; -1 if it is not plain ASCII. */
export function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) return at
    if (!(byte >= SPACE && byte < BEYOND_ASCII) || byte === BACKSLASH) return -1
  }
}

export function isQuote(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === QUOTE
}

/** Whether a trace of 32 hex digits in lower case stands at `at`. */
export function isTrace(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + TRACE_DIGITS; i++) if (digitValue(bytes[i]!) < 0) return false
  return true
}

/** Writes the 16 bytes of a trace to `out`, from place `to` on. */
export function readTrace(bytes: Uint8Array, at: number, out: Uint8Array, to: number): void {
  for (let i = 0; i < TRACE_DIGITS / 2; i++) {
    out[to + i] = (digitValue(bytes[at + 2 * i]!) << 4) | digitValue(bytes[at + 2 * i + 1]!)
  }
}

function digitValue(digit: number): number {
  if (digit >= ZERO && digit <= NINE) return digit - ZERO
  return digit >= LETTER_A && digit <= LETTER_F ? digit - LETTER_A + 10 : -1
}
