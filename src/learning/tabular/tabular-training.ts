/**
 * The epochs of a training: sweep, judge, keep the best.
 *
 * It stops early on the learner's own objective on the validation split, not on the estimated value of the policy:
 * the greatest of many noisy estimates is too good to be true.
 */
import { LearningError, type RandomStreams } from '../../core/index.ts'
import { EpochOrder } from '../data/epoch-order.ts'
import { offPolicyValue } from '../estimators/off-policy-value.ts'
import type { HyperParameters } from '../learners/hyper-parameter.ts'
import type { ActionSpace, EpochReport, TrainerState } from '../learners/learner.ts'
import { GreedyTable } from './greedy-table.ts'
import type { PreparedRule, TabularRule } from './tabular-rule.ts'
import { type Transitions, usableRows } from './transitions.ts'
import { learningRates, ValueTable } from './value-table.ts'

export interface TrainingOptions {
  readonly rule: TabularRule
  /** Complete: `initialValue` too. */
  readonly settings: HyperParameters
  readonly training: Transitions
  /** Encoded by the same vocabulary; at least one row must be usable. */
  readonly validation: Transitions
  /** From which each epoch has its own. */
  readonly streams: RandomStreams
  /** Instances unless told. */
  readonly actions?: ActionSpace
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
  readonly #rule: PreparedRule
  readonly #order: EpochOrder
  readonly #validationRows: Uint32Array
  readonly #visits: Uint32Array
  #done = 0
  #withoutImprovement = 0
  #best: TrainedValues | undefined

  constructor(options: TrainingOptions) {
    const { rule, settings, training, validation } = options
    const gamma = settings.gamma ?? 0
    this.#options = options
    const usable = rule.usable ?? usableRows
    const rows = usable(training, gamma)
    this.#order = new EpochOrder(rows)
    this.#validationRows = usable(validation, gamma)
    const rates = learningRates(settings.learningRateDecay ?? 1, settings.minLearningRate ?? 0.001)
    this.#table = new ValueTable(training.states, training.classes, settings.initialValue!, rates)
    this.#visits = countVisits(training, rows, this.#table)
    this.#rule = rule.prepare(this.#table, training, settings)
  }

  /** The best epoch so far; undefined before the first is done. */
  get best(): TrainedValues | undefined {
    return this.#best
  }

  /** Runs epoch after epoch until `epochs` are done or `patience` of them were no better. Leave it to stop early. */
  *epochs(): Generator<EpochReport, void> {
    const { epochs, patience } = this.#options.settings
    while (this.#done < (epochs ?? 1) && this.#withoutImprovement < (patience ?? 1)) {
      yield this.#run(++this.#done)
    }
  }

  save(): TrainerState {
    const best = this.#best
    const facts = {
      done: this.#done,
      withoutImprovement: this.#withoutImprovement,
      best: best === undefined ? null : best.report,
    }
    const { values, updates } = this.#table
    const arrays = { values, updates, ...this.#rule.memory }
    return { facts, arrays: best === undefined ? arrays : { ...arrays, best: best.values } }
  }

  /** @throws LearningError if the state is of another training */
  restore({ facts, arrays }: TrainerState): void {
    const { values, updates } = this.#table
    for (const [name, own] of Object.entries({ values, updates, ...this.#rule.memory })) {
      const saved = arrays[name]
      if (saved?.length !== own.length) {
        throw new LearningError(
          `checkpoint: ${name}: expected ${own.length} numbers, got ${saved?.length ?? 'none'}: it is of another training`,
        )
      }
      own.set(saved)
    }
    this.#done = facts.done as number
    this.#withoutImprovement = facts.withoutImprovement as number
    const report = facts.best as EpochReport | null
    if (report !== null) {
      this.#best = { values: Float64Array.from(arrays.best!), visits: this.#visits, report }
    }
  }

  #run(epoch: number): EpochReport {
    const { rule, settings, validation, streams, actions } = this.#options
    const { states, classes, values } = this.#table
    const random = streams.stream(`epoch/${epoch}`)
    const order = this.#order.next(random)
    const losses = this.#rule.sweep(order, random)
    const objective = rule.objective(this.#table, validation, this.#validationRows, settings)
    const improved = this.#best === undefined || objective < this.#best.report.validationObjective
    this.#withoutImprovement = improved ? 0 : this.#withoutImprovement + 1
    const report: EpochReport = {
      epoch,
      trainingLoss: losses / order.length,
      validationLoss: rule.loss(this.#table, validation, this.#validationRows, settings),
      validationObjective: objective,
      policy: offPolicyValue(new GreedyTable(states, classes, values, this.#visits, actions), validation),
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
