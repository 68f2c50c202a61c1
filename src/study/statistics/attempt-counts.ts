/** How often requests were sent: what retries and hedges came to, and whether they were of use. */
import type { Mergeable } from '../../stats/index.ts'
import type { FinishedRequest } from '../../worlds/index.ts'
import type { RetrySummary } from '../summary/run-summary.ts'

export class AttemptCounts implements Mergeable<RetrySummary> {
  #requests = 0
  #attempts = 0
  #retried = 0
  #retries = 0
  #recovered = 0
  #hedged = 0

  add({ attempts, retries, expected }: Pick<FinishedRequest, 'attempts' | 'retries' | 'expected'>): void {
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

  merge(other: AttemptCounts): void {
    this.#addAll(other.summary())
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

  toJSON(): RetrySummary {
    return this.summary()
  }

  static fromJSON(json: RetrySummary): AttemptCounts {
    const counts = new AttemptCounts()
    counts.#addAll(json)
    return counts
  }

  #addAll({ requests, attempts, retried, retries, recovered, hedged }: RetrySummary): void {
    this.#requests += requests
    this.#attempts += attempts
    this.#retried += retried
    this.#retries += retries
    this.#recovered += recovered
    this.#hedged += hedged
  }
}
