/**
 * Values of a target for every recorded decision, from a table that was fitted on other chains than its own: the chains
 * are dealt into two halves, and each half is judged by what the other shows (Chernozhukov et al., Double/debiased
 * machine learning, 2018). Bins and classes come from the fitting half too.
 *
 * Without that a doubly robust estimate would correct a model by the very rewards that it was fitted on, and its
 * interval would be too narrow.
 */
import { keyedUniform, keyOf } from '../../core/index.ts'
import type { CandidateFeature, StateFeature } from '../encoders/encoded-features.ts'
import { fitEncoder, fitVocabulary } from '../encoders/fit-encoder.ts'
import type { ModelValues } from '../estimators/logged-trajectories.ts'
import { encodeTransitions } from '../tabular/transitions.ts'
import type { CutTrajectories } from './cut-trajectories.ts'
import type { RecordedDecisions } from './recorded-decisions.ts'
import { type EncodedDecisions, TabularValues } from './tabular-values.ts'

/** One half: the rows that it judges by what the other rows show. */
interface Half {
  readonly fitted: Uint32Array
  readonly encoded: EncodedDecisions
}

export interface CrossFittedValues {
  /** By decision of the trajectories. */
  readonly values: ModelValues
  /** Share of the target's choices that the fitting half never shows: what the model says of those is a guess. */
  readonly unseenShare: number
}

export class CrossFitting {
  readonly #decisions: RecordedDecisions
  readonly #trajectories: CutTrajectories
  /** By half: 0 and 1. */
  readonly #halves: readonly Half[]
  readonly #halfOf: (row: number) => number

  constructor(
    decisions: RecordedDecisions,
    trajectories: CutTrajectories,
    state: readonly StateFeature[],
    candidate: readonly CandidateFeature[],
  ) {
    this.#decisions = decisions
    this.#trajectories = trajectories
    const key = keyOf('cross-fitting')
    this.#halfOf = (row) => (keyedUniform(key, trajectories.chain[row]!) < 0.5 ? 0 : 1)
    const all = Uint32Array.from({ length: decisions.length }, (_, row) => row)
    this.#halves = [0, 1].map((half) => {
      const others = all.filter((row) => this.#halfOf(row) !== half)
      // One chain alone cannot be judged by others.
      const fitted = others.length === 0 ? all : others
      return { fitted, encoded: this.#encode(all, fitted, state, candidate) }
    })
  }

  #encode(
    all: Uint32Array,
    fitted: Uint32Array,
    state: readonly StateFeature[],
    candidate: readonly CandidateFeature[],
  ): EncodedDecisions {
    const { log } = this.#decisions
    const encoder = fitEncoder(log, fitted, state, candidate)
    const vocabulary = fitVocabulary(log, fitted, encoder)
    const { current, chosen, reward, states, classes } = encodeTransitions(log, all, encoder, vocabulary, 1)
    return {
      states,
      classes,
      state: current.state,
      starts: current.starts,
      classOf: current.classes,
      chosen,
      reward,
      next: this.#trajectories.next,
    }
  }

  /**
   * @param probability shape [instances of all rows]: pi(instance)
   * @param horizon decisions of a whole trajectory
   */
  valuesOf(probability: Float64Array, gamma: number, horizon: number): CrossFittedValues {
    const target = this.#amongCandidates(probability)
    const tables = this.#halves.map(
      ({ encoded, fitted }) => new TabularValues(encoded, fitted, target, gamma, horizon),
    )
    const { rows, starts } = this.#trajectories
    const values = {
      logged: new Float64Array(rows.length),
      state: new Float64Array(rows.length),
      reward: new Float64Array(rows.length),
    }
    let unseen = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      for (let d = starts[i]!; d < starts[i + 1]!; d++) {
        const row = rows[d]!
        const table = tables[this.#halfOf(row)]!
        const left = horizon - (d - starts[i]!)
        values.logged[d] = table.logged(row, left)
        values.state[d] = table.state(row, left)
        values.reward[d] = left === 1 ? values.state[d]! : table.state(row, 1)
        unseen += 1 - table.seenShare(row)
      }
    }
    return { values, unseenShare: Math.max(0, unseen / rows.length) }
  }

  /** From all instances of the rows to those that could be chosen, as the tables have them. */
  #amongCandidates(probability: Float64Array): Float64Array {
    const { eligible } = this.#decisions
    return probability.filter((_, i) => eligible[i] === 1)
  }
}
