/** What the linear learner trains on: the usable decisions of both splits, as vectors phi on demand. */
import { LearningError } from '../../core/index.ts'
import { STRATEGY_NAMES } from '../../routing/index.ts'
import type { RecordedData } from '../data/recorded-data.ts'
import { requireChoice } from '../data/require-choice.ts'
import type { StateColumns } from '../data/state-columns.ts'
import { strategyRows } from '../data/strategy-rows.ts'
import type { FeatureRows } from '../encoders/feature-rows.ts'
import { fitFeatureRows } from '../encoders/fit-feature-rows.ts'
import type { ActionSpace } from '../learners/learner.ts'
import type { Basis, BasisShape } from './basis.ts'
import { basisOf, DecisionPhi } from './decision-phi.ts'

/** A weight per pair of entries is kept, and cubes of their number are computed. */
const MOST_ENTRIES = 2500

export class LinearQData {
  readonly rows: FeatureRows
  readonly basis: Basis
  /** Row numbers of the log, in its order. */
  readonly training: Uint32Array
  readonly validation: Uint32Array
  /** Shape [strategies]: how often the training data has each; empty where instances are chosen. */
  readonly tried: Uint32Array
  readonly #data: RecordedData
  readonly #actions: ActionSpace
  /** Shape [services of the log]. */
  readonly #services: Int32Array

  /** @throws LearningError if the log holds no choice to learn from, or the basis is too large */
  constructor(data: RecordedData, actions: ActionSpace, shape: BasisShape, gamma: number) {
    this.#data = data
    this.#actions = actions
    if (actions === 'instance' && data.features.instance.length === 0) {
      throw new LearningError('no instance feature: all instances would look alike; choose at least one')
    }
    this.rows = fitFeatureRows(data)
    this.basis = basisOf(this.rows, actions, shape)
    if (this.basis.size > MOST_ENTRIES) {
      throw new LearningError(
        `${this.basis.size} weights, more than ${MOST_ENTRIES}: choose fewer features, tilings or tiles`,
      )
    }
    this.#services = Int32Array.from(data.log.services, (name) => this.rows.serviceIndex(name))
    this.training = this.#usable(data.split.training, gamma)
    this.validation = this.#usable(data.split.validation, gamma)
    this.tried = this.#countTried()
    requireChoice(data.log, this.training, actions)
  }

  /** A reader of decisions with buffers of its own. */
  createPhi(): DecisionPhi {
    return new DecisionPhi(this.rows, this.#actions, this.basis)
  }

  /** Turns `phi` to the state of a row, or to what followed; returns the number of actions. */
  readState(phi: DecisionPhi, row: number): number {
    return this.#read(phi, this.#data.log.state, row)
  }

  readNext(phi: DecisionPhi, row: number): number {
    return this.#read(phi, this.#data.log.next, row)
  }

  /** Position of what was chosen among the actions. */
  chosen(row: number): number {
    const { log } = this.#data
    return this.#actions === 'instance' ? log.chosen[row]! : log.strategy[row]!
  }

  /** Probability with which it was; NaN if the log does not say. */
  propensity(row: number): number {
    const { log } = this.#data
    return this.#actions === 'instance' ? log.propensity[row]! : log.strategyPropensity[row]!
  }

  #read(phi: DecisionPhi, { state, candidates, starts }: StateColumns, row: number): number {
    const { log } = this.#data
    const start = starts[row]!
    return phi.read(
      this.#services[log.service[row]!]!,
      state,
      row * log.stateWidth,
      candidates,
      start * log.candidateWidth,
      starts[row + 1]! - start,
    )
  }

  #usable(rows: Uint32Array, gamma: number): Uint32Array {
    const { log } = this.#data
    const ofSpace = this.#actions === 'instance' ? rows : strategyRows(log, rows)
    const { starts } = log.next
    const usable =
      gamma === 0
        ? ofSpace
        : ofSpace.filter((row) => log.terminal[row] === 1 || starts[row + 1]! > starts[row]!)
    if (usable.length > 0) return usable.slice().sort()
    throw new LearningError(
      'no recorded decision has a next state, which a discount above 0 needs: train with gamma=0, or record again',
    )
  }

  #countTried(): Uint32Array {
    if (this.#actions === 'instance') return new Uint32Array(0)
    const tried = new Uint32Array(STRATEGY_NAMES.length)
    for (const row of this.training) tried[this.chosen(row)]!++
    return tried
  }
}
