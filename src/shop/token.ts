/** Bearer tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519, RFC 7515), valid for 24 hours. */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

const VALID_SECONDS = 24 * 3600
const HEADER = encode({ alg: 'HS256', typ: 'JWT' })

export interface TokenClaims {
  readonly sub: string
  readonly userId: string
  readonly email: string
  readonly authorities: readonly string[]
}

export interface TokenMint {
  /** The token of a user; `nowMs` becomes its time of issue. */
  issue(claims: TokenClaims, nowMs: number): string
  /** Whose token it is, by e-mail address, if it is one of this mint that is good still and can be read. */
  subjectOf(token: string, nowMs: number): string | undefined
}

/** Signed tokens, as clients over HTTP get them: each is good until its time is over, however many there are. */
export function signingMint(secret: string): TokenMint {
  const key = createSecretKey(secret, 'utf8')
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    issue: (claims, nowMs) => {
      const issuedAt = Math.floor(nowMs / 1000)
      const text = `${HEADER}.${encode({ ...claims, iat: issuedAt, exp: issuedAt + VALID_SECONDS })}`
      return `${text}.${sign(text)}`
    },
    subjectOf: (token, nowMs) => {
      const end = token.lastIndexOf('.')
      const text = token.slice(0, end)
      if (!text.startsWith(`${HEADER}.`) || !isEqual(token.slice(end + 1), sign(text))) return undefined
      return isExpiredToken(token, nowMs) ? undefined : (payloadOf(token) as TokenClaims).sub
    },
  }
}

/**
 * Tokens that only tell users and logins apart. In the virtual world nobody reads one: the shop only knows those that
 * it gave out last, so that a forged one is refused just as well. Signing would cost more than everything else about a
 * login.
 */
export const plainMint: TokenMint = {
  issue: ({ userId }, nowMs) => `user-${userId}-${Math.floor(nowMs / 1000)}`,
  subjectOf: () => undefined,
}

export function tokenExpiresAtMs(issuedAtMs: number): number {
  return (Math.floor(issuedAtMs / 1000) + VALID_SECONDS) * 1000
}

/** Whether a token says of itself that its time is over. Whether it is one of ours does not matter any more then. */
export function isExpiredToken(token: string, nowMs: number): boolean {
  try {
    const { exp } = payloadOf(token) as { readonly exp?: unknown }
    return typeof exp === 'number' && exp * 1000 <= nowMs
  } catch {
    return false
  }
}

/** Takes the same time wherever they differ. */
function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** @throws if it is not JSON */
function payloadOf(token: string): object {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
