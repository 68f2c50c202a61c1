/**
 * The headers of an answer as undici's older handlers get them: bytes, names and values in turn. Nothing is made of them
 * until somebody asks, and most of the time nobody does.
 */

export type RawHeaders = readonly Buffer[]

export const NO_HEADERS: RawHeaders = []
const NONE: readonly string[] = []

/** Names and values by name in lower case; what comes more than once is a list. */
export function headersOf(raw: RawHeaders): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = Object.create(null)
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1').toLowerCase()
    const value = raw[i + 1]!.toString('latin1')
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else if (Array.isArray(before)) before.push(value)
    else headers[name] = [before, value]
  }
  return { ...headers }
}

/** The same with one text for each name, as a script reads them: values that come apart are one list (RFC 9110, 5.3). */
export function headerTexts(raw: RawHeaders): Record<string, string> {
  const entries = Object.entries(headersOf(raw))
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}

/** The first value of a header. @param name in lower case */
export function headerValue(raw: RawHeaders, name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    if (isNamed(raw[i]!, name)) return raw[i + 1]!.toString('latin1')
  }
  return undefined
}

/** All values of a header. @param name in lower case */
export function headerValues(raw: RawHeaders, name: string): readonly string[] {
  let values: string[] | undefined
  for (let i = 0; i < raw.length; i += 2) {
    if (isNamed(raw[i]!, name)) (values ??= []).push(raw[i + 1]!.toString('latin1'))
  }
  return values ?? NONE
}

/** Compares without making a string of it: of the letters that a name may have, bit 5 tells upper from lower case. */
function isNamed(bytes: Buffer, name: string): boolean {
  if (bytes.length !== name.length) return false
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[i]!
    const lower = byte >= 65 && byte <= 90 ? byte | 32 : byte
    if (lower !== name.charCodeAt(i)) return false
  }
  return true
}
