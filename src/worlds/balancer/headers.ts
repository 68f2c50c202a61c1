/**
 * Headers on their way through: what concerns one connection only stays there (RFC 9110, section 7.6.1), and what the
 * balancer itself has to say is added. Names and values stand in turn, as `node:http` and undici take them fastest.
 */
import type { HeaderConfig } from '../../scenario/index.ts'
import type { ClientRequest } from './client-exchange.ts'

/** Of one connection only, whether or not `Connection` names them. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
/** These are written anew. `expect` is dealt with here: the body is asked for when somebody wants it. */
const REQUEST_DROPS = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'expect',
  'x-trace-id',
  'http2-settings',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
])
/** What else a client says of who is in front of it; believed only where it is told to be. */
const UNTRUSTED = new Set(['forwarded', 'x-forwarded-port', 'x-real-ip'])
const ANSWER_DROPS = new Set([...HOP_BY_HOP, 'x-trace-id'])
const READ_IN_ANSWERS = new Set(['connection', 'transfer-encoding', 'content-length', 'server-timing'])

const PLAIN = 0
const DROPPED = 1
const SPECIAL = 2

/** What to do with a header, by its name as it is spelt: looking it up is cheaper than spelling it in lower case. */
class HeaderKinds {
  readonly #kinds = new Map<string, number>()
  readonly #kindOf: (lower: string) => number

  constructor(kindOf: (lower: string) => number) {
    this.#kindOf = kindOf
  }

  of(name: string): number {
    const known = this.#kinds.get(name)
    if (known !== undefined) return known
    const kind = this.#kindOf(name.toLowerCase())
    // Spellings are up to the sender, and there are many.
    if (this.#kinds.size < MOST_SPELLINGS) this.#kinds.set(name, kind)
    return kind
  }
}

const MOST_SPELLINGS = 1024

const requestKinds = new HeaderKinds((lower) => {
  if (REQUEST_DROPS.has(lower)) return DROPPED
  return lower === 'via' || UNTRUSTED.has(lower) ? SPECIAL : PLAIN
})
const answerKinds = new HeaderKinds((lower) => {
  if (READ_IN_ANSWERS.has(lower)) return SPECIAL
  return ANSWER_DROPS.has(lower) ? DROPPED : PLAIN
})

/**
 * The headers that an instance gets, but for the length of the body.
 *
 * @param authority host and port that the client asked for
 */
export function requestHeaders(
  request: ClientRequest,
  config: HeaderConfig,
  authority: string,
  trace: string,
): string[] {
  const { rawHeaders, headers } = request
  const named = namedByConnection(headers.connection)
  const { trustForwarded } = config
  const forwarded: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const kind = requestKinds.of(name)
    if (kind === DROPPED || named?.has(name.toLowerCase()) === true) continue
    if (kind === SPECIAL && !isPassedOn(name.toLowerCase(), config)) continue
    forwarded.push(name, rawHeaders[i + 1]!)
  }
  const address = request.socket.remoteAddress ?? 'unknown'
  const before = trustForwarded ? textOf(headers['x-forwarded-for']) : undefined
  const proto = trustForwarded ? textOf(headers['x-forwarded-proto']) : undefined
  const host = (trustForwarded ? textOf(headers['x-forwarded-host']) : undefined) ?? authority
  forwarded.push('x-forwarded-for', before === undefined ? address : `${before}, ${address}`)
  forwarded.push('x-forwarded-proto', proto ?? 'http')
  if (host !== '') forwarded.push('x-forwarded-host', host)
  if (config.preserveHost && authority !== '') forwarded.push('host', authority)
  if (config.via !== null) forwarded.push('via', viaOf(textOf(headers.via), request.httpVersion, config.via))
  forwarded.push('x-trace-id', trace)
  return forwarded
}

/** Of those that are special in a request. */
function isPassedOn(lower: string, { trustForwarded, via }: HeaderConfig): boolean {
  return lower === 'via' ? via === null : trustForwarded
}

/** What the head of an answer says, read in one pass. */
export interface AnswerHead {
  /** For the client, names and values in turn. */
  readonly headers: string[]
  /** NaN if it does not say. */
  contentLength: number
  serverTiming: string
  /**
   * No value has a character that no header may have: the parser of undici lets some pass. And the body is in no coding
   * but `chunked`, which is what undici takes off.
   */
  sound: boolean
}

const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/

export function answerHead(raw: readonly Buffer[]): AnswerHead {
  const head: AnswerHead = { headers: [], contentLength: Number.NaN, serverTiming: '', sound: true }
  const { headers } = head
  let named: ReadonlySet<string> | undefined
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1')
    const kind = answerKinds.of(name)
    if (kind === DROPPED) continue
    const value = raw[i + 1]!.toString('latin1')
    if (NOT_IN_VALUES.test(value)) head.sound = false
    if (kind === SPECIAL) {
      const lower = name.toLowerCase()
      if (lower === 'connection') {
        named ??= namedByConnection(connectionOf(raw))
        continue
      }
      if (lower === 'transfer-encoding') {
        if (value.toLowerCase() !== 'chunked') head.sound = false
        continue
      }
      if (lower === 'content-length') head.contentLength = Number(value)
      else head.serverTiming = value
    }
    headers.push(name, value)
  }
  return named === undefined ? head : { ...head, headers: without(headers, named) }
}

function without(headers: readonly string[], dropped: ReadonlySet<string>): string[] {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (!dropped.has(headers[i]!.toLowerCase())) kept.push(headers[i]!, headers[i + 1]!)
  }
  return kept
}

function connectionOf(raw: readonly Buffer[]): string {
  const values: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.toString('latin1').toLowerCase() === 'connection') values.push(raw[i + 1]!.toString('latin1'))
  }
  return values.join(',')
}

/** Headers that the other end wants to go no further; undefined where there are none, as nearly always. */
function namedByConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  const names = connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    // What frames the message, or says for whom it is, is not the sender's to take away.
    .filter((name) => !['keep-alive', 'close', '', 'content-length', 'host'].includes(name))
  return names.length === 0 ? undefined : new Set(names)
}

function viaOf(before: string | undefined, version: string, name: string): string {
  const own = `${version} ${name}`
  return before === undefined ? own : `${before}, ${own}`
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

/**
 * The headers that the client gets, but for what is said of the connection.
 *
 * @param label the header that names the instance, null if none does
 */
export function answerHeaders(
  { headers }: AnswerHead,
  status: number,
  trace: string,
  label: string | null,
  instance: string,
): string[] {
  // An answer that can have no body has no length (RFC 9110, section 8.6), whatever the instance says.
  const kept = status === 204 ? without(headers, CONTENT_LENGTH) : headers
  kept.push('x-trace-id', trace)
  if (label === null) return kept
  // One that stands there already, from a balancer behind this one, would be taken for ours.
  const own = has(kept, label) ? without(kept, new Set([label.toLowerCase()])) : kept
  own.push(label, instance)
  return own
}

function has(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const other = headers[i]!
    if (other.length === name.length && other.toLowerCase() === name.toLowerCase()) return true
  }
  return false
}

const CONTENT_LENGTH: ReadonlySet<string> = new Set(['content-length'])
