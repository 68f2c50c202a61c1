/**
 * The epochs of a training: sweep, judge, keep the best.
 *
 * It stops early on the learner's own objective on the validation split, not on the estimated value of the policy:
 * the greatest of many noisy estimates is too good to be true.
 */
import type { Random } from '../core/index.ts'
import { EpochOrder } from './epoch-order.ts'
import { GreedyTable } from './greedy-table.ts'
import type { HyperParameters, Learner } from './learners/learner.ts'
import { meanSquaredTdError } from './learners/td-error.ts'
import { type OffPolicyValue, offPolicyValue } from './off-policy-value.ts'
import { type Transitions, usableRows } from './transitions.ts'
import { learningRates, ValueTable } from './value-table.ts'

export interface TrainingOptions {
  readonly learner: Learner
  /** Complete: `initialValue` too. */
  readonly settings: HyperParameters
  readonly training: Transitions
  /** Encoded by the same vocabulary; at least one row must be usable. */
  readonly validation: Transitions
  /** Draws the order of the transitions in each epoch. */
  readonly random: Random
}

export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number
  /** Mean squared TD error met while learning, and on the validation split after it; rewards scaled to spread 1. */
  readonly trainingLoss: number
  readonly validationLoss: number
  /** What early stopping reads, see `Learner.objective`. */
  readonly validationObjective: number
  /** The greedy policy of this epoch, judged on the validation split. */
  readonly policy: OffPolicyValue
  /** Whether this is the best epoch so far. */
  readonly improved: boolean
}

/** The values of the best epoch. */
export interface TrainedValues {
  /** Shape [(states + 1) x (classes + 1)], in units of the scaled reward. */
  readonly values: Float64Array
  /** Same shape: how often the usable training data shows each pair. */
  readonly visits: Uint32Array
  readonly report: EpochReport
}

export class Training {
  readonly #options: TrainingOptions
  readonly #table: ValueTable
  readonly #order: EpochOrder
  readonly #validationRows: Uint32Array
  readonly #visits: Uint32Array
  #best: TrainedValues | undefined

  constructor(options: TrainingOptions) {
    const { settings, training, validation } = options
    this.#options = options
    const rows = usableRows(training, settings.gamma!)
    this.#order = new EpochOrder(rows, options.random)
    this.#validationRows = usableRows(validation, settings.gamma!)
    const rates = learningRates(settings.learningRateDecay!, settings.minLearningRate!)
    this.#table = new ValueTable(training.states, training.classes, settings.initialValue!, rates)
    this.#visits = countVisits(training, rows, this.#table)
  }

  /** The best epoch so far; undefined before the first is done. */
  get best(): TrainedValues | undefined {
    return this.#best
  }

  /** Runs epoch after epoch until `epochs` are done or `patience` of them were no better. Leave it to stop early. */
  *epochs(): Generator<EpochReport, void> {
    const { settings } = this.#options
    let withoutImprovement = 0
    for (let epoch = 1; epoch <= settings.epochs!; epoch++) {
      const report = this.#run(epoch)
      withoutImprovement = report.improved ? 0 : withoutImprovement + 1
      yield report
      if (withoutImprovement >= settings.patience!) return
    }
  }

  #run(epoch: number): EpochReport {
    const { learner, settings, training, validation } = this.#options
    const { states, classes, values } = this.#table
    const order = this.#order.next()
    const squares = learner.sweep(this.#table, training, order, settings)
    const objective = learner.objective(this.#table, validation, this.#validationRows, settings)
    const improved = this.#best === undefined || objective < this.#best.report.validationObjective
    const report: EpochReport = {
      epoch,
      trainingLoss: squares / order.length,
      validationLoss: meanSquaredTdError(this.#table, validation, this.#validationRows, settings.gamma!),
      validationObjective: objective,
      policy: offPolicyValue(new GreedyTable(states, classes, values, this.#visits), validation),
      improved,
    }
    if (improved) this.#best = { values: values.slice(), visits: this.#visits, report }
    return report
  }
}

/**
 * The lowest return that the rewards allow: the least reward for ever, or once. A pair that the log never shows
 * starts there, so that a maximum over legal actions does not find it attractive.
 */
export function pessimisticValue(rewards: Float64Array, gamma: number): number {
  let least = Number.POSITIVE_INFINITY
  for (const reward of rewards) least = Math.min(least, reward)
  return Math.min(least, least / (1 - gamma))
}

function countVisits(transitions: Transitions, rows: Uint32Array, table: ValueTable): Uint32Array {
  const { state, starts, classes } = transitions.current
  const visits = new Uint32Array(table.values.length)
  for (const i of rows) {
    const pair = state[i]! * table.width + classes[starts[i]! + transitions.chosen[i]!]!
    visits[pair]!++
  }
  return visits
}
