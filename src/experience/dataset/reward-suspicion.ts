/** Whether rewards say what they should: neither the same for all, nor the status and nothing else, nor the wrong way. */
import type { Findings } from './findings.ts'

/** Fewer say nothing. */
const FEWEST = 100
const FEWEST_FAILURES = 30
/** Other parts of a reward may rise a little with the latency, by chance or since a busy service is evenly loaded. */
const LEAST_CORRELATION = 0.3

export class RewardSuspicion {
  #count = 0
  #first = Number.NaN
  #varies = false
  /** The reward of each status; NaN once there were two. */
  readonly #ofStatus = new Map<number, number>()
  #byStatus = true
  /** Sums over the answers with a latency, for the correlation. */
  #answers = 0
  #sums = [0, 0, 0, 0, 0]
  #failures = 0
  #failureRewards = 0
  #successRewards = 0

  /** @param latencyMs null if it is not known */
  add(reward: number, status: number, failed: boolean, latencyMs: number | null): void {
    if (this.#count++ === 0) this.#first = reward
    if (reward !== this.#first) this.#varies = true
    const before = this.#ofStatus.get(status)
    if (before === undefined) this.#ofStatus.set(status, reward)
    else if (before !== reward) this.#byStatus = false
    if (failed) {
      this.#failures++
      this.#failureRewards += reward
    } else this.#successRewards += reward
    if (latencyMs === null || failed) return
    this.#answers++
    const terms = [latencyMs, reward, latencyMs * latencyMs, reward * reward, latencyMs * reward]
    for (const [i, term] of terms.entries()) this.#sums[i]! += term
  }

  report(findings: Findings): void {
    if (this.#count < 2) return
    if (!this.#varies) {
      findings.overall('reward-constant', `${this.#count} times ${this.#first}`)
      return
    }
    if (this.#count < FEWEST) return
    if (this.#byStatus) {
      const rewards = [...this.#ofStatus].map(([status, reward]) => `${status}: ${reward}`)
      findings.overall('reward-of-status', `rewards by status: ${rewards.slice(0, 5).join(', ')}`)
    }
    const correlation = this.#correlation()
    if (correlation > LEAST_CORRELATION) {
      findings.overall('reward-sign', `rewards rise with the latency (correlation ${correlation.toFixed(2)})`)
    }
    const ofFailures = this.#failureRewards / this.#failures
    const ofSuccesses = this.#successRewards / (this.#count - this.#failures)
    if (this.#failures >= FEWEST_FAILURES && ofFailures > ofSuccesses) {
      const means = `${ofFailures.toFixed(3)} on average, successes ${ofSuccesses.toFixed(3)}`
      findings.overall('reward-of-failures', `failures are rewarded with ${means}`)
    }
  }

  /** Pearson's, of latency and reward of the answers that were no failures; NaN where one of them never changes. */
  #correlation(): number {
    const n = this.#answers
    const [x, y, xx, yy, xy] = this.#sums as [number, number, number, number, number]
    return (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y))
  }
}
