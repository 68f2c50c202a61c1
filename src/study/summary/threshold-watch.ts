/**
 * Stops a run as soon as a threshold with `abortOnFail` does not hold. It is looked at once per second of the run's
 * time, which in the virtual world is not the time of anybody's watch: the run ends at the same event every time.
 */
import type { Scenario, Threshold } from '../../scenario/index.ts'
import type { RunStatistics } from '../statistics/run-statistics.ts'
import type { AbortedBy } from './run-summary.ts'
import { checkThreshold } from './thresholds.ts'

export class ThresholdWatch {
  readonly #thresholds: readonly Threshold[]
  readonly #controller = new AbortController()
  #abortedBy: AbortedBy | null = null
  #lookedAtSecond = 0

  /** @param statistics of the run: from now on it is watched */
  constructor({ thresholds }: Pick<Scenario, 'thresholds'>, statistics: RunStatistics) {
    this.#thresholds = thresholds.filter(({ abortAfterMs }) => abortAfterMs !== undefined)
    if (this.#thresholds.length > 0) statistics.everySecond((nowMs) => this.look(nowMs, statistics))
  }

  /** Aborted when the run is to end. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What the summary says of it, if a threshold ended the run. */
  get stopped(): { readonly stopped: string; readonly abortedBy: AbortedBy } | undefined {
    if (this.#abortedBy === null) return undefined
    const { metric, condition, value, atMs } = this.#abortedBy
    const text = `${metric} ${condition} did not hold after ${Math.floor(atMs / 1000)} s: it was ${Number(value.toPrecision(6))}`
    return { stopped: text, abortedBy: this.#abortedBy }
  }

  /** Looks, unless it has done so in this second. What has not been measured yet does not fail: it may still come. */
  look(nowMs: number, statistics: RunStatistics): void {
    const second = Math.floor(nowMs / 1000)
    if (this.#abortedBy !== null || second <= this.#lookedAtSecond) return
    this.#lookedAtSecond = second
    for (const threshold of this.#thresholds) {
      if (nowMs < threshold.abortAfterMs!) continue
      const { metric, condition, value, passed } = checkThreshold(threshold, { statistics, endMs: nowMs })
      if (passed || Number.isNaN(value)) continue
      this.#abortedBy = { metric, condition, value, atMs: nowMs }
      this.#controller.abort()
      return
    }
  }
}
