/** What can be said of a group of decisions: all of them, or those of a phase, a service, a profile. */
import { REWARD_PARTS, type RewardPart } from '../../core/index.ts'
import { type ColumnBatch, FLAGS } from '../columns/column-batch.ts'
import { ActionCoverage, type Coverage } from './action-coverage.ts'
import { type Distribution, Spread } from './spread.ts'

export interface GroupStatistics {
  readonly decisions: number
  readonly withAction: number
  readonly withPropensity: number
  readonly failures: number
  readonly coverage: Coverage
  /**
   * Kish's effective sample size of a policy that chooses evenly, as a share of the decisions that have propensities:
   * 1 for a logger that chose evenly, near 0 for one that hardly explored.
   */
  readonly exploration: number | null
  readonly reward: Distribution
  readonly rewards: Readonly<Record<RewardPart, Distribution>>
  /** Share of the decisions whose next state is the state, number by number. */
  readonly selfLoops: number | null
  /** Time since the reports of an instance (queue, CPU, memory) last changed, when a decision was made. */
  readonly reportAgeMs: Distribution
  /** Share of missing values by feature; those of which nothing is missing are left out. */
  readonly missing: Readonly<Record<string, number>>
  /** Features with one value only. */
  readonly constant: readonly string[]
}

export class GroupCounts {
  #decisions = 0
  #withAction = 0
  #withPropensity = 0
  #failures = 0
  #weights = 0
  #squares = 0
  #withNext = 0
  #selfLoops = 0
  readonly #coverage = new ActionCoverage()
  readonly #reward = new Spread()
  readonly #rewards = REWARD_PARTS.map(() => new Spread())
  readonly #reportAge = new Spread()
  readonly #context = new FeatureCounts()
  readonly #instance = new FeatureCounts()

  add(
    batch: ColumnBatch,
    row: number,
    { stateClass, selfLoop, reportAgeMs }: { stateClass: number; selfLoop: boolean; reportAgeMs: number },
  ): void {
    const { columns, widths } = batch
    this.#decisions++
    const flags = columns.flags[row]!
    const status = columns.status[row]!
    if ((flags & FLAGS.outcome) !== 0 && (status === 0 || status >= 500 || status === 429)) this.#failures++
    const from = columns.instanceStart[row]!
    const count = columns.instanceStart[row + 1]! - from
    const action = columns.action[row]!
    if (action >= 0) {
      this.#withAction++
      this.#coverage.add(stateClass, Math.max(count, action + 1), action)
      this.#propensity(batch, row, action, flags)
    }
    this.#reward.add(columns.reward[row]!)
    for (let i = 0; i < REWARD_PARTS.length; i++) {
      this.#rewards[i]!.add(columns.rewards[row * REWARD_PARTS.length + i]!)
    }
    if ((flags & FLAGS.next) !== 0) {
      this.#withNext++
      if (selfLoop) this.#selfLoops++
    }
    this.#reportAge.add(reportAgeMs)
    this.#context.add(columns.context, row * widths.context, widths.context)
    for (let i = from; i < from + count; i++) {
      this.#instance.add(columns.instances, i * widths.instance, widths.instance)
    }
  }

  #propensity({ columns }: ColumnBatch, row: number, action: number, flags: number): void {
    const start = columns.propensityStart[row]!
    const length = columns.propensityStart[row + 1]! - start
    const chosen = action < length ? columns.propensity[start + action]! : Number.NaN
    if ((flags & FLAGS.propensity) === 0 || !(chosen > 0)) return
    this.#withPropensity++
    let eligible = 0
    for (let i = start; i < start + length; i++) if (columns.propensity[i]! > 0) eligible++
    const weight = 1 / (eligible * chosen)
    this.#weights += weight
    this.#squares += weight * weight
  }

  result(contextFeatures: readonly string[], instanceFeatures: readonly string[]): GroupStatistics {
    const rewards = REWARD_PARTS.map((part, i) => [part, this.#rewards[i]!.result()] as const)
    return {
      decisions: this.#decisions,
      withAction: this.#withAction,
      withPropensity: this.#withPropensity,
      failures: this.#failures,
      coverage: this.#coverage.result(),
      exploration: this.#squares > 0 ? this.#weights ** 2 / this.#squares / this.#withPropensity : null,
      reward: this.#reward.result(),
      rewards: Object.fromEntries(rewards) as Record<RewardPart, Distribution>,
      selfLoops: this.#withNext > 0 ? this.#selfLoops / this.#withNext : null,
      reportAgeMs: this.#reportAge.result(),
      missing: {
        ...this.#context.missing('context', contextFeatures),
        ...this.#instance.missing('instance', instanceFeatures),
      },
      constant: [
        ...this.#context.constant('context', contextFeatures),
        ...this.#instance.constant('instance', instanceFeatures),
      ],
    }
  }
}

/** Missing values and lowest and highest of each feature of rows that are equally wide. */
class FeatureCounts {
  #rows = 0
  readonly #missing: number[] = []
  readonly #low: number[] = []
  readonly #high: number[] = []

  add(values: Float64Array, start: number, width: number): void {
    this.#rows++
    while (this.#missing.length < width) {
      this.#missing.push(0)
      this.#low.push(Number.POSITIVE_INFINITY)
      this.#high.push(Number.NEGATIVE_INFINITY)
    }
    for (let f = 0; f < width; f++) {
      const value = values[start + f]!
      if (Number.isNaN(value)) this.#missing[f]! += 1
      else {
        if (value < this.#low[f]!) this.#low[f] = value
        if (value > this.#high[f]!) this.#high[f] = value
      }
    }
  }

  missing(of: string, names: readonly string[]): Record<string, number> {
    const shares = this.#missing.map((count, f) => [`${of}.${names[f]}`, count / this.#rows] as const)
    return Object.fromEntries(shares.filter(([, share]) => share > 0))
  }

  constant(of: string, names: readonly string[]): string[] {
    return this.#low.flatMap((low, f) => (low === this.#high[f] ? [`${of}.${names[f]}`] : []))
  }
}
