/**
 * The vectors phi of the actions of one decision at a time, from a log or from a live observation: one per candidate
 * instance, or one per strategy in the same state. Reused: no allocation per decision.
 */
import { STRATEGY_NAMES } from '../../routing/index.ts'
import type { FeatureRows } from '../encoders/feature-rows.ts'
import type { ActionSpace } from '../learners/learner.ts'
import { ActionBasis, type Basis, type BasisShape, ProductBasis, sharesState } from './basis.ts'
import { TileBasis } from './tile-basis.ts'

export function basisOf(rows: FeatureRows, actions: ActionSpace, shape: BasisShape): Basis {
  const { columns, stateWidth } = rows
  const used = actions === 'instance' ? columns : columns.slice(0, stateWidth)
  const basis = shape.tilings > 0 ? new TileBasis(rows, used, shape) : new ProductBasis(used, stateWidth)
  return actions === 'instance' ? basis : new ActionBasis(basis, STRATEGY_NAMES)
}

export class DecisionPhi {
  readonly basis: Basis
  /** Of the phi that was asked for last: shape [at least basis.mostActive]. */
  readonly indices: Int32Array
  readonly values: Float64Array
  readonly #rows: FeatureRows
  readonly #perInstance: boolean
  #buffer = new Float64Array(0)

  constructor(rows: FeatureRows, actions: ActionSpace, basis: Basis) {
    this.#rows = rows
    this.#perInstance = actions === 'instance'
    this.basis = basis
    this.indices = new Int32Array(basis.mostActive)
    this.values = new Float64Array(basis.mostActive)
  }

  /**
   * Turns to a decision, see `FeatureRows.write`.
   *
   * @returns how many actions there are: candidates, or strategies; 0 if there is no candidate
   */
  read(
    service: number,
    state: Float32Array,
    stateAt: number,
    candidates: Float32Array,
    candidatesAt: number,
    count: number,
  ): number {
    const rows = this.#rows
    const needed = Math.max(1, count) * rows.width
    if (this.#buffer.length < needed) this.#buffer = new Float64Array(2 * needed)
    if (count === 0) return 0
    if (this.#perInstance) {
      rows.write(service, state, stateAt, candidates, candidatesAt, count, this.#buffer)
      return count
    }
    rows.writeState(service, state, stateAt, this.#buffer)
    return STRATEGY_NAMES.length
  }

  /** Writes `indices` and `values` of an action; returns how many there are. */
  of(action: number): number {
    const at = this.#perInstance ? action * this.#rows.width : 0
    return this.basis.write(this.#buffer, at, action, this.indices, this.values)
  }

  /**
   * weights . phi of all actions.
   *
   * @param count as `read` returned it
   * @param values shape [at least count], overwritten
   */
  valuesOf(count: number, weights: Float64Array, values: Float64Array): void {
    if (this.#perInstance && sharesState(this.basis)) {
      this.basis.valuesOf(this.#buffer, count, weights, values)
    } else for (let action = 0; action < count; action++) values[action] = this.dot(action, weights)
  }

  /** weights . phi of an action. */
  dot(action: number, weights: Float64Array): number {
    const active = this.of(action)
    const { indices, values } = this
    let sum = 0
    for (let k = 0; k < active; k++) sum += weights[indices[k]!]! * values[k]!
    return sum
  }
}
