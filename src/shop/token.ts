/** Bearer tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519, RFC 7515), valid for 24 hours. */
import { createHmac, createSecretKey } from 'node:crypto'

const VALID_SECONDS = 24 * 3600
const HEADER = encode({ alg: 'HS256', typ: 'JWT' })

export interface TokenClaims {
  readonly sub: string
  readonly userId: string
  readonly email: string
  readonly authorities: readonly string[]
}

/** Makes the token of a user; `nowMs` becomes its time of issue. */
export type TokenMint = (claims: TokenClaims, nowMs: number) => string

/** Signed tokens, as clients over HTTP get them. */
export function signingMint(secret: string): TokenMint {
  const key = createSecretKey(secret, 'utf8')
  return (claims, nowMs) => {
    const issuedAt = Math.floor(nowMs / 1000)
    const payload = encode({ ...claims, iat: issuedAt, exp: issuedAt + VALID_SECONDS })
    const signature = createHmac('sha256', key).update(`${HEADER}.${payload}`).digest('base64url')
    return `${HEADER}.${payload}.${signature}`
  }
}

/**
 * Tokens that only tell users and logins apart. In the virtual world nobody reads one: the shop only knows those that
 * it gave out, so that a forged one is refused just as well. Signing would cost more than everything else about a login.
 */
export const plainMint: TokenMint = ({ userId }, nowMs) => `user-${userId}-${Math.floor(nowMs / 1000)}`

export function tokenExpiresAtMs(issuedAtMs: number): number {
  return (Math.floor(issuedAtMs / 1000) + VALID_SECONDS) * 1000
}

/** Whether a token says of itself that its time is over. Whether it is one of ours does not matter any more then. */
export function isExpiredToken(token: string, nowMs: number): boolean {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return typeof exp === 'number' && exp * 1000 <= nowMs
  } catch {
    return false
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
