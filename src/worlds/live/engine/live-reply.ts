/**
 * The reply to a request that was sent over a socket. Headers, text and JSON value are made of its bytes when somebody
 * asks for them: most replies are looked at no further than their status.
 */
import type { CallStep, Json, Reply } from '../../../core/index.ts'
import type { Exchange } from './exchange.ts'
import { headerTexts, type RawHeaders } from './response-headers.ts'

/** How much of a reply its step looks at. */
export type Reads = NonNullable<CallStep['reads']>

class LiveReply implements Reply {
  readonly status: number
  readonly bytes: number
  readonly #raw: RawHeaders
  readonly #content: Buffer
  readonly #reads: Reads
  #body: Json | undefined = undefined
  #isRead = false

  constructor(status: number, bytes: number, raw: RawHeaders, content: Buffer, reads: Reads) {
    this.status = status
    this.bytes = bytes
    this.#raw = raw
    this.#content = content
    this.#reads = reads
  }

  get headers(): Readonly<Record<string, string>> {
    return headerTexts(this.#raw)
  }

  get text(): string | undefined {
    return this.#reads === 'status' ? undefined : this.#content.toString('utf8')
  }

  /** A body that is not JSON is no body: whoever wanted something from it will notice. */
  get body(): Json | undefined {
    if (!this.#isRead && this.#reads === 'json') this.#body = parsed(this.#content)
    this.#isRead = true
    return this.#body
  }
}

/** The reply of an exchange that is over. */
export function replyOf(exchange: Exchange, reads: Reads): Reply {
  const { failure, failureDetail } = exchange
  if (failure !== null) return failedReply(failure, failureDetail)
  return new LiveReply(exchange.status, exchange.bytes, exchange.raw, exchange.bodyBytes, reads)
}

export function failedReply(
  failure: NonNullable<Reply['failure']>,
  failureDetail: string | undefined,
): Reply {
  return failureDetail === undefined ? { status: 0, failure } : { status: 0, failure, failureDetail }
}

/** The JSON value of a body; undefined if it has none. */
export function parsed(content: Buffer): Json | undefined {
  if (content.length === 0) return undefined
  try {
    return JSON.parse(content.toString('utf8')) as Json
  } catch {
    return undefined
  }
}
