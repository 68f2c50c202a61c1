/**
 * Reads the plainest of requests: one whole head in one piece, no body, nothing in it that needs a thought. Whatever is
 * not that, and whatever is wrong, is undefined here and goes to the strict parser of `node:http`, which decides. So
 * this reader refuses nothing, and lets nothing pass that is not well-formed by the letter of RFC 9112.
 */
import type { IncomingHttpHeaders } from 'node:http'

export interface QuickHead {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Names and values in turn, as they were spelt. */
  readonly rawHeaders: string[]
  readonly headers: IncomingHttpHeaders
  /** The client wants the connection closed. */
  readonly close: boolean
}

const END = '\r\n\r\n'
/** Of methods without a body, in the one version that keeps connections by default. */
const REQUEST_LINE = /^(GET|HEAD|DELETE|OPTIONS) (\/[\w\-.~:/?@!$&'()*+,;=%]*) HTTP\/1\.1$/
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
/** Neither control characters nor a CR or LF of its own. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** These frame a body, or ask for something. */
const NOT_PLAIN = new Set([
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'proxy-connection',
  'http2-settings',
])
const MOST_SPELLINGS = 1024

/** Names in lower case by their spelling; empty for those that are not plain. */
const spellings = new Map<string, string>()

export function readQuickHead(text: string): QuickHead | undefined {
  if (text.indexOf(END) !== text.length - END.length) return undefined
  const lineEnd = text.indexOf('\r\n')
  const line = REQUEST_LINE.exec(text.slice(0, lineEnd))
  if (line === null) return undefined
  const rawHeaders: string[] = []
  const headers: Record<string, string> = {}
  for (let at = lineEnd + 2; at < text.length - 2; ) {
    const next = text.indexOf('\r\n', at)
    const colon = text.indexOf(':', at)
    if (colon === -1 || colon > next) return undefined
    const name = text.slice(at, colon)
    const lower = plainName(name)
    const value = trimmed(text, colon + 1, next)
    // What is there twice is joined or refused, name by name: that is not plain.
    if (lower === '' || !VALUE.test(value) || headers[lower] !== undefined) return undefined
    headers[lower] = value
    rawHeaders.push(name, value)
    at = next + 2
  }
  const { host, connection } = headers
  if (host === undefined || host === '') return undefined
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'close') return undefined
  return { method: line[1]!, url: line[2]!, rawHeaders, headers, close: connection === 'close' }
}

function plainName(name: string): string {
  const known = spellings.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  const plain = TOKEN.test(name) && !NOT_PLAIN.has(lower) && !(lower in Object.prototype) ? lower : ''
  if (spellings.size < MOST_SPELLINGS) spellings.set(name, plain)
  return plain
}

/** Without the blanks around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}
