/**
 * Whether a request may be sent once more. What an instance may have begun is only repeated if doing it twice is the
 * same as doing it once (RFC 9110, section 9.2.2); what never reached one may always be.
 */
import type { BalancerRetryConfig, RetryCause } from '../../scenario/index.ts'
import type { CallFailure } from './connection-pool.ts'

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

export class RetryRule {
  readonly most: number
  readonly #causes: ReadonlySet<string>

  constructor({ most, on }: BalancerRetryConfig) {
    this.most = most
    this.#causes = new Set<RetryCause>(on)
  }

  afterFailure(method: string, failure: CallFailure): boolean {
    return this.#causes.has(failure) && (failure === 'connect' || IDEMPOTENT.has(method))
  }

  /** At the same instance, if the connection that was kept for it had just been closed there. */
  onKeptConnection(method: string): boolean {
    return this.most > 0 && this.afterFailure(method, 'reset')
  }

  afterStatus(method: string, status: number): boolean {
    return status >= 429 && this.#causes.has(String(status)) && IDEMPOTENT.has(method)
  }
}

/** Whether a request may be at two instances at once. */
export function isSafe(method: string): boolean {
  return SAFE.has(method)
}
