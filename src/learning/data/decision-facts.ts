/** What a decision log keeps of a decision beside its states, from a record or from a row of columns. */
import { type ColumnBatch, type ExperienceRecord, FLAGS } from '../../experience/index.ts'
import { contextFeature } from '../../routing/index.ts'

const ROUTE = contextFeature('route')

/** Why a readable record is of no use for training. */
export type SkipReason = 'no-action' | 'no-outcome' | 'no-reward' | 'chosen-not-eligible'

/** Overwritten by the next decision that is read. */
export class DecisionFacts {
  service = ''
  timeMs = 0
  action = -1
  /** Probability of the action; NaN where the log does not say. */
  propensity = Number.NaN
  estimated = false
  reward = Number.NaN
  done = false
  /** NaN where there is no next state. */
  dtMs = Number.NaN
  route = -1
  /** How many there were. */
  instances = 0
  strategy = -1
  strategyPropensity = Number.NaN
  status = 0
  latencyMs = Number.NaN
  queueMs = Number.NaN
  workMs = Number.NaN

  /** Returns why the record is of no use, if it is none. */
  readRecord(record: ExperienceRecord): SkipReason | undefined {
    const { state, action, outcome, propensity, strategyPropensity, reward, next } = record
    if (action === null) return 'no-action'
    if (outcome === null || outcome === undefined) return 'no-outcome'
    if (!Number.isFinite(reward)) return 'no-reward'
    this.service = record.service
    this.timeMs = record.t
    this.action = action.index
    this.propensity = probability(propensity?.[action.index])
    this.estimated = record.propensityEstimated === true
    this.reward = reward!
    this.done = record.done
    this.dtMs = next?.dtMs ?? Number.NaN
    this.route = state.context[ROUTE] ?? -1
    this.instances = state.instances.length
    this.strategy = action.strategy?.index ?? -1
    this.strategyPropensity = strategyPropensity?.[this.strategy] ?? Number.NaN
    this.status = outcome.status
    this.latencyMs = outcome.latencyMs ?? Number.NaN
    this.queueMs = outcome.queueMs ?? Number.NaN
    this.workMs = outcome.workMs ?? Number.NaN
    return undefined
  }

  /** The same of a row of columns. @param services of the run, in the order of `dataset.json` */
  readRow(
    { columns, widths }: ColumnBatch,
    row: number,
    services: readonly string[],
  ): SkipReason | undefined {
    const action = columns.action[row]!
    const flags = columns.flags[row]!
    if (action < 0) return 'no-action'
    if ((flags & FLAGS.outcome) === 0) return 'no-outcome'
    if (!Number.isFinite(columns.reward[row]!)) return 'no-reward'
    this.service = services[columns.service[row]!]!
    this.timeMs = columns.timeMs[row]!
    this.action = action
    this.propensity = probability(entryOf(columns.propensity, columns.propensityStart, row, action))
    this.estimated = (flags & FLAGS.propensityEstimated) !== 0
    this.reward = columns.reward[row]!
    this.done = (flags & FLAGS.done) !== 0
    this.dtMs = columns.dtMs[row]!
    const route = columns.context[row * widths.context + ROUTE]!
    this.route = Number.isNaN(route) ? -1 : route
    this.instances = columns.instanceStart[row + 1]! - columns.instanceStart[row]!
    this.strategy = columns.strategy[row]!
    const { strategyPropensity, strategyPropensityStart: starts } = columns
    this.strategyPropensity = entryOf(strategyPropensity, starts, row, this.strategy) ?? Number.NaN
    this.status = columns.status[row]!
    this.latencyMs = columns.latencyMs[row]!
    this.queueMs = columns.queueMs[row]!
    this.workMs = columns.workMs[row]!
    return undefined
  }
}

function entryOf(values: Float64Array, starts: Int32Array, row: number, index: number): number | undefined {
  const at = starts[row]! + index
  return index >= 0 && at < starts[row + 1]! ? values[at] : undefined
}

function probability(value: number | undefined): number {
  return value !== undefined && value > 0 && value <= 1 ? value : Number.NaN
}
