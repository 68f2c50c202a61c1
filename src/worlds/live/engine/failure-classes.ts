/**
 * Why an exchange came to nothing: the class, by which statistics count, and the detail, by which one finds the cause.
 *
 * Errors come from the system (`ECONNREFUSED`), from OpenSSL by way of `node:tls` (`CERT_HAS_EXPIRED`) and from undici
 * (`UND_ERR_SOCKET`). What the generator itself has run out of is no fault of the target: it has a class of its own.
 */
import { errors } from 'undici'
import type { FailureKind } from '../../../core/index.ts'

export interface Failure {
  readonly kind: FailureKind
  /** The code of the error, or the words of the parser. */
  readonly detail: string
}

const NAMES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME', 'EAI_SYSTEM'])
const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'EACCES',
  'EPERM',
  'EINVAL',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** File descriptors, ports of our own and memory. */
const OWN_LIMITS = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN'])
/** The names that OpenSSL's verification has for what is wrong with a certificate, beside those with `CERT` in them. */
const CERTIFICATE = /CERT|^UNABLE_TO_|^CRL_|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$/
const TLS = /^ERR_(TLS|SSL)_|^EPROTO$|^UND_ERR_PRX_TLS$/
const ENDED_BY_US = new Set(['UND_ERR_ABORTED', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])
/** What undici says of answers that nobody asked for. */
const UNASKED = new Set(['bad response', 'bad upgrade'])
const PARSER_WORDS = /\(([^)]*)\)$/
const LONGEST_DETAIL = 60

/**
 * @param connected whether there was a connection that the request could be written to
 * @param secure whether it was to be one with TLS
 */
export function classify(error: Error, connected: boolean, secure: boolean): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const kind = kindOf(error, code)
  // TCP was there already, else it would not have been a reset: what broke is the handshake.
  if (kind === 'reset' && !connected && secure) return { kind: 'tls', detail: detailOf(error, code) }
  // Whatever it was, not a byte has been sent.
  if (kind === 'reset' && !connected) return { kind: 'connect', detail: detailOf(error, code) }
  return { kind, detail: detailOf(error, code) }
}

/** The class alone, in the words of those who know but few: no name and no file left is no connection. */
export function failureOf(error: Error): 'connect' | 'reset' | 'timeout' | 'framing' | 'aborted' {
  const kind = kindOf(error, (error as NodeJS.ErrnoException).code ?? '')
  if (kind === 'dns' || kind === 'tls' || kind === 'resources') return 'connect'
  return kind === 'too-large' ? 'framing' : kind
}

function kindOf(error: Error, code: string): FailureKind {
  if (NAMES.has(code)) return 'dns'
  if (NO_CONNECTION.has(code) || code.startsWith('PROXY_')) return 'connect'
  if (OWN_LIMITS.has(code)) return 'resources'
  if (ENDED_BY_US.has(code)) return 'aborted'
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'too-large'
  if (CERTIFICATE.test(code) || TLS.test(code)) return 'tls'
  // Told by its class: undici means to give it a code, HPE_..., but finds none.
  if (error instanceof errors.HTTPParserError) return 'framing'
  if (code.startsWith('UND_ERR_RES') || code === 'ERR_HTTP2_ERROR' || UNASKED.has(error.message))
    return 'framing'
  // Never sent: what we were about to send is no HTTP.
  if (code.startsWith('UND_ERR_INVALID') || code === 'UND_ERR_NOT_SUPPORTED') return 'aborted'
  return 'reset'
}

function detailOf(error: Error, code: string): string {
  if (error instanceof errors.HTTPParserError)
    return (PARSER_WORDS.exec(error.message)?.[1] ?? error.message).slice(0, LONGEST_DETAIL)
  if (code.startsWith('UND_ERR_INVALID')) return error.message.slice(0, LONGEST_DETAIL)
  if (code === 'UND_ERR_SOCKET') return error.message.slice(0, LONGEST_DETAIL)
  return code === '' ? error.message.slice(0, LONGEST_DETAIL) : code
}
