/** Bearer tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519, RFC 7515), valid for 24 hours. */
import { createHmac, type KeyObject } from 'node:crypto'

const VALID_SECONDS = 24 * 3600
const HEADER = encode({ alg: 'HS256', typ: 'JWT' })

export interface TokenClaims {
  readonly sub: string
  readonly userId: string
  readonly email: string
  readonly authorities: readonly string[]
}

/** A signed token for a user. `nowMs` becomes its time of issue. */
export function issueToken(claims: TokenClaims, secret: KeyObject, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1000)
  const payload = encode({ ...claims, iat: issuedAt, exp: issuedAt + VALID_SECONDS })
  const signature = createHmac('sha256', secret).update(`${HEADER}.${payload}`).digest('base64url')
  return `${HEADER}.${payload}.${signature}`
}

export function tokenExpiresAtMs(issuedAtMs: number): number {
  return (Math.floor(issuedAtMs / 1000) + VALID_SECONDS) * 1000
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
