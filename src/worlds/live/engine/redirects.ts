/** Where an answer sends its client on to, and what it asks for there (RFC 9110, section 15.4; as browsers do it). */

export interface Onward {
  readonly url: URL
  readonly method: string
  /** Whether the body goes along. */
  readonly withBody: boolean
  /** Another origin: what was meant for the first one, a token or a cookie, is none of its business. */
  readonly elsewhere: boolean
}

/**
 * @param location header of the answer
 * @param from URL that was asked
 * @returns undefined if it is no redirect that can be followed: its answer then stands
 */
export function onwardOf(
  status: number,
  location: string | undefined,
  from: string,
  method: string,
): Onward | undefined {
  if (!isRedirect(status) || location === undefined || !URL.canParse(location, from)) return undefined
  const url = new URL(location, from)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  url.hash = ''
  const becomesGet =
    (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST')
  return {
    url,
    method: becomesGet ? 'GET' : method,
    withBody: !becomesGet,
    elsewhere: url.origin !== new URL(from).origin,
  }
}

export function isRedirect(status: number): boolean {
  return status >= 301 && status <= 308 && status !== 304 && status !== 305 && status !== 306
}

const OF_THE_BODY = new Set(['content-type', 'content-encoding', 'content-language', 'content-length'])
const FOR_THE_FIRST = new Set(['authorization', 'cookie', 'host', 'proxy-authorization'])

/** The headers that go along. @param headers names and values in turn */
export function headersOnward(headers: readonly string[], { withBody, elsewhere }: Onward): string[] {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase()
    if (!withBody && OF_THE_BODY.has(name)) continue
    if (elsewhere && FOR_THE_FIRST.has(name)) continue
    kept.push(headers[i]!, headers[i + 1]!)
  }
  return kept
}
