/** Recorded decisions as networks learn from them: rows are standardised when they are needed, straight from the log. */
import { STRATEGIES } from '../../routing/index.ts'
import type { DecisionLog } from '../data/decision-log.ts'
import { fallBack } from '../data/fallback-costs.ts'
import type { RecordedData } from '../data/recorded-data.ts'
import type { StateColumns } from '../data/state-columns.ts'
import { strategyRows } from '../data/strategy-rows.ts'
import type { FeatureRows } from '../encoders/feature-rows.ts'
import type { ActionSpace } from '../learners/learner.ts'
import type { DecisionRows, Decisions } from './decisions.ts'
import type { Numbers } from './kernel/kernel.ts'

export interface LogDecisions extends Decisions {
  /**
   * Whether the policy cannot go by the network there; then it writes the costs that it goes by instead, as
   * `NetworkPolicy` and `NetworkStrategies` do.
   *
   * @param costs shape [actions]
   */
  fallBack(i: number, costs: Float64Array): boolean
}

/**
 * @param rows row numbers of the log; among strategies those that name none are left out
 * @throws LearningError if that leaves none
 */
export function logDecisions(
  { log, rewardScale }: RecordedData,
  rows: Uint32Array,
  features: FeatureRows,
  actions: ActionSpace,
): LogDecisions {
  const among = actions === 'strategy'
  const used = among ? strategyRows(log, rows) : rows
  const service = Int32Array.from(log.services, (name) => features.serviceIndex(name))
  const view = (columns: StateColumns): DecisionRows =>
    among
      ? new StateRows(log, columns, used, features, service)
      : new CandidateRows(log, columns, used, features, service)
  const current = view(log.state)
  const propensity = among ? log.strategyPropensity : log.propensity
  const chosen = Int32Array.from(used, (row) => (among ? log.strategy : log.chosen)[row]!)
  let mostRows = 1
  for (let i = 0; i < used.length; i++) mostRows = Math.max(mostRows, current.count(i))
  const next = view(log.next)
  for (let i = 0; i < used.length; i++) mostRows = Math.max(mostRows, next.count(i))
  return {
    count: used.length,
    inputs: among ? features.stateWidth : features.width,
    actionsPerRow: among ? STRATEGIES.length : 1,
    barred: among ? STRATEGIES.map((_, s) => s).filter((s) => !chosen.includes(s)) : [],
    mostRows,
    current,
    next,
    chosen,
    reward: Float64Array.from(used, (row) => log.reward[row]! / rewardScale),
    rewardScale,
    terminal: Uint8Array.from(used, (row) => log.terminal[row]!),
    propensity: Float64Array.from(used, (row) => propensity[row]!),
    fallBack: (i, costs) => fallBack(log, used[i]!, actions, costs),
  }
}

/** The rows of some decisions, in one of the columns of a log: of the states, or of those after them. */
abstract class LogRows {
  protected readonly starts: Int32Array
  protected readonly features: FeatureRows
  protected readonly columns: Pick<StateColumns, 'state' | 'candidates'>
  protected readonly widths: Pick<DecisionLog, 'stateWidth' | 'candidateWidth'>
  readonly #rows: Uint32Array
  /** By service of the log: its number among the features. */
  readonly #service: Int32Array
  readonly #serviceOf: Int32Array

  constructor(
    log: DecisionLog,
    columns: StateColumns,
    rows: Uint32Array,
    features: FeatureRows,
    service: Int32Array,
  ) {
    const { stateWidth, candidateWidth } = log
    const { starts, state, candidates } = columns
    this.widths = { stateWidth, candidateWidth }
    this.starts = starts
    this.columns = { state, candidates }
    this.features = features
    this.#rows = rows
    this.#service = service
    this.#serviceOf = log.service
  }

  protected rowOf(i: number): number {
    return this.#rows[i]!
  }

  protected candidatesOf(row: number): number {
    return this.starts[row + 1]! - this.starts[row]!
  }

  protected serviceOf(row: number): number {
    return this.#service[this.#serviceOf[row]!]!
  }
}

/** One row per candidate. */
class CandidateRows extends LogRows implements DecisionRows {
  count(i: number): number {
    return this.candidatesOf(this.rowOf(i))
  }

  write(i: number, numbers: Numbers, at: number): void {
    const row = this.rowOf(i)
    const { state, candidates } = this.columns
    const { stateWidth, candidateWidth } = this.widths
    const service = this.serviceOf(row)
    const count = this.candidatesOf(row)
    const from = this.starts[row]! * candidateWidth
    this.features.write(service, state, row * stateWidth, candidates, from, count, numbers, at)
  }
}

/** One row per decision: the state alone. */
class StateRows extends LogRows implements DecisionRows {
  /** A state without candidates is not known. */
  count(i: number): number {
    return this.candidatesOf(this.rowOf(i)) > 0 ? 1 : 0
  }

  write(i: number, numbers: Numbers, at: number): void {
    if (this.count(i) === 0) return
    const row = this.rowOf(i)
    const { state } = this.columns
    this.features.writeState(this.serviceOf(row), state, row * this.widths.stateWidth, numbers, at)
  }
}
