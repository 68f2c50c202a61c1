/**
 * What the users' HTTP client does about replies that fail or are late: try again, after which wait, how often; and
 * send a request twice if the first is slow. One for all users of a run, as one service's client library would be.
 */
import { type FailureKind, keyedUniform, keyOf, mixKeys, type Reply, type Request } from '../core/index.ts'
import type { ClientSettings, RetryCause } from '../scenario/index.ts'
import { RetryBudget } from './retry-budget.ts'

const JITTER_DRAWS = keyOf('retry-jitter')
const ATTEMPT_KEYS = keyOf('attempts')
/** Where nothing was sent, nothing can happen twice. */
const NOTHING_SENT: ReadonlySet<string> = new Set<FailureKind | ''>(['dns', 'connect', 'tls', 'resources'])

export class ClientPolicy {
  readonly #settings: ClientSettings
  readonly #causes: ReadonlySet<string>
  readonly #budget: RetryBudget | undefined

  constructor(settings: ClientSettings) {
    const { most, budget, on } = settings.retries
    this.#settings = settings
    this.#causes = new Set<RetryCause>(on)
    this.#budget = most > 0 && budget !== null ? new RetryBudget(budget) : undefined
  }

  /** Every request is one attempt: there is nothing to decide. */
  get single(): boolean {
    return this.#settings.retries.most === 0 && this.#settings.hedgeAfterMs === null
  }

  /** A request begins. */
  onRequest(nowMs: number): void {
    this.#budget?.onRequest(nowMs)
  }

  /**
   * How long to wait before the next attempt; -1 if the reply stands.
   *
   * @param sent retries made so far
   * @param key of the request
   */
  retryAfterMs(request: Request, reply: Reply, sent: number, key: number, nowMs: number): number {
    const { most, backoffMs, maxBackoffMs, jitter } = this.#settings.retries
    if (sent >= most || !this.#mayRepeat(request, reply)) return -1
    if (this.#budget !== undefined && !this.#budget.spend(nowMs)) return -1
    const waitMs = Math.min(maxBackoffMs, backoffMs * 2 ** sent)
    return jitter === 'none' ? waitMs : waitMs * keyedUniform(mixKeys(key, JITTER_DRAWS), sent)
  }

  /** When a second copy of the request is sent, from its start on; Infinity: never. */
  hedgeAfterMs({ method }: Request): number {
    return method === 'GET'
      ? (this.#settings.hedgeAfterMs ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY
  }

  #mayRepeat({ method }: Request, { status, failure }: Reply): boolean {
    if (!this.#causes.has(failure ?? String(status))) return false
    return method !== 'POST' || this.#settings.retries.unsafe || NOTHING_SENT.has(failure ?? '')
  }
}

/** The key of an attempt: the first has that of its request, so that retries change nothing for whoever needs none. */
export function attemptKey(requestKey: number, attempt: number): number {
  return attempt === 0 ? requestKey : mixKeys(mixKeys(requestKey, ATTEMPT_KEYS), attempt)
}
