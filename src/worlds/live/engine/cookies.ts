/**
 * The cookies of one user: what RFC 6265 says of `Domain`, `Path`, `Expires`, `Max-Age` and `Secure`. `SameSite` and
 * `HttpOnly` are about pages and scripts, of which there are none; a list of public suffixes is not kept, so that a host
 * may set a cookie for any domain above it that has a dot.
 *
 * Bounded as section 6.1 asks at least: 50 cookies of 4 KiB for each user.
 */

interface Cookie {
  readonly name: string
  readonly value: string
  /** Without a leading dot. */
  readonly domain: string
  /** Only the host that set it gets it back. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  /** In ms since the epoch; Infinity: to the end of the session. */
  readonly expiresMs: number
}

const MOST_COOKIES = 50
const MOST_BYTES = 4096
const IP_ADDRESS = /^[\d.]+$|:/
/** What no header may have: a cookie with it is dropped, as in RFC 6265bis, section 5.5. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const CONTROL = /[\u0000-\u001f\u007f]/

export class CookieJar {
  /** By age: the oldest make room. */
  readonly #cookies: Cookie[] = []

  get size(): number {
    return this.#cookies.length
  }

  clear(): void {
    this.#cookies.length = 0
  }

  /** Takes the value of a `Set-Cookie` header. @param host without port, in lower case; @param path of the request */
  set(setCookie: string, host: string, path: string, nowMs: number): void {
    const cookie = parseCookie(setCookie, host, path, nowMs)
    if (cookie === undefined) return
    const { name, domain, path: of } = cookie
    const twin = this.#cookies.findIndex(
      (old) => old.name === name && old.domain === domain && old.path === of,
    )
    if (twin !== -1) this.#cookies.splice(twin, 1)
    if (cookie.expiresMs <= nowMs) return
    if (this.#cookies.length === MOST_COOKIES) this.#cookies.shift()
    this.#cookies.push(cookie)
  }

  /** The value of the `Cookie` header; undefined if there is none to send. */
  header(host: string, path: string, secure: boolean, nowMs: number): string | undefined {
    if (this.#cookies.length === 0) return undefined
    const pathname = pathOf(path)
    const sent = this.#cookies.filter(
      (cookie) =>
        cookie.expiresMs > nowMs &&
        (secure || !cookie.secure) &&
        (cookie.hostOnly ? host === cookie.domain : isWithin(host, cookie.domain)) &&
        isUnder(pathname, cookie.path),
    )
    if (sent.length === 0) return undefined
    // Longer paths first, older ones before newer ones: section 5.4.
    return sent
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }
}

function parseCookie(text: string, host: string, path: string, nowMs: number): Cookie | undefined {
  if (text.length > MOST_BYTES || CONTROL.test(text)) return undefined
  const [pair, ...attributes] = text.split(';')
  const equals = pair!.indexOf('=')
  if (equals === -1) return undefined
  const name = pair!.slice(0, equals).trim()
  if (name === '') return undefined
  const told = attributesOf(attributes)
  const domain = told.get('domain')?.replace(/^\./, '').toLowerCase() ?? ''
  const forDomain = domain !== '' && domain !== host
  if (forDomain && !(isWithin(host, domain) && domain.includes('.'))) return undefined
  const under = told.get('path')
  return {
    name,
    value: pair!.slice(equals + 1).trim(),
    domain: domain === '' ? host : domain,
    hostOnly: domain === '',
    path: under?.startsWith('/') === true ? under : defaultPath(path),
    secure: told.has('secure'),
    expiresMs: expiryOf(told, nowMs),
  }
}

/** By name in lower case; the last one counts. */
function attributesOf(attributes: readonly string[]): Map<string, string> {
  return new Map(
    attributes.map((attribute) => {
      const equals = attribute.indexOf('=')
      if (equals === -1) return [attribute.trim().toLowerCase(), '']
      return [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim()]
    }),
  )
}

/** Max-Age goes before Expires; what is neither a count nor a date says nothing. */
function expiryOf(told: ReadonlyMap<string, string>, nowMs: number): number {
  const age = told.get('max-age')
  if (age !== undefined && /^-?\d+$/.test(age)) return nowMs + Number(age) * 1000
  const date = Date.parse(told.get('expires') ?? '')
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : date
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !IP_ADDRESS.test(host))
}

function isUnder(pathname: string, path: string): boolean {
  if (!pathname.startsWith(path)) return false
  return pathname.length === path.length || path.endsWith('/') || pathname[path.length] === '/'
}

/** The folder of the request: section 5.1.4. */
function defaultPath(path: string): string {
  const pathname = pathOf(path)
  const last = pathname.lastIndexOf('/')
  return last <= 0 ? '/' : pathname.slice(0, last)
}

function pathOf(path: string): string {
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}
