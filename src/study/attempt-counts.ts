/** How often requests were sent: what retries and hedges came to, and whether they were of use. */
import type { FinishedRequest } from '../worlds/index.ts'
import type { RetrySummary } from './run-summary.ts'

export class AttemptCounts {
  #requests = 0
  #attempts = 0
  #retried = 0
  #retries = 0
  #recovered = 0
  #hedged = 0

  add({ attempts, retries, expected }: FinishedRequest): void {
    this.#requests++
    this.#attempts += attempts
    if (attempts === 1) return
    // The first attempt, the retries, and at most one hedge.
    if (attempts - retries > 1) this.#hedged++
    if (retries === 0) return
    this.#retried++
    this.#retries += retries
    if (expected) this.#recovered++
  }

  summary(): RetrySummary {
    return {
      requests: this.#requests,
      attempts: this.#attempts,
      retried: this.#retried,
      retries: this.#retries,
      recovered: this.#recovered,
      hedged: this.#hedged,
    }
  }
}
