/**
 * From a row of features to the vector phi that weights are multiplied with: Q(s, a) = w . phi(row, action).
 *
 * Vectors are written as pairs of index and value, since those of a tile coding are nearly all zero.
 */

export interface BasisShape {
  /** 0: the features themselves and their products; else so many tilings of so many tiles along a feature. */
  readonly tilings: number
  readonly tiles: number
}

export interface Basis {
  /** Length of phi, and of the weights. */
  readonly size: number
  /** Most entries of a phi that are not zero. */
  readonly mostActive: number
  /** What each entry is, in words. */
  readonly names: readonly string[]
  /** Whether an entry is the same for all actions of a decision, so that no choice depends on its weight. */
  isOfStateAlone(entry: number): boolean
  /**
   * @param rows a row stands from `at` on
   * @param action index of the action, where an action is not a row of its own
   * @param indices @param values shape [at least mostActive], overwritten; indices rise
   * @returns how many entries were written: all that are not zero, and some that are
   */
  write(rows: Float64Array, at: number, action: number, indices: Int32Array, values: Float64Array): number
}

/** A basis in which the rows of a decision share their part of the state, so that their values are had together. */
export interface SharedStateBasis extends Basis {
  /**
   * weights . phi of rows of one decision, which stand one behind the other from 0 on.
   *
   * @param values shape [at least count], overwritten
   */
  valuesOf(rows: Float64Array, count: number, weights: Float64Array, values: Float64Array): void
}

export function sharesState(basis: Basis): basis is SharedStateBasis {
  return 'valuesOf' in basis
}

/**
 * All features, and the products of those of the state with those of the candidate:
 *
 *     phi = (1, state) x (1, candidate)
 *
 * The products are what a choice can depend on: an entry of the state alone is the same for all candidates of a decision.
 */
export class ProductBasis implements SharedStateBasis {
  readonly size: number
  readonly mostActive: number
  readonly names: readonly string[]
  readonly #stateWidth: number
  readonly #candidateWidth: number
  /** Shape [1 + candidateWidth]: the weights of a candidate's features in the state of the decision. */
  readonly #inState: Float64Array

  /** @param columns of a row @param stateWidth how many of them, the first ones, are of the state */
  constructor(columns: readonly string[], stateWidth: number) {
    this.#stateWidth = stateWidth
    this.#candidateWidth = columns.length - stateWidth
    this.#inState = new Float64Array(1 + this.#candidateWidth)
    const candidate = columns.slice(stateWidth)
    this.names = [
      ...['constant', ...candidate],
      ...columns
        .slice(0, stateWidth)
        .flatMap((name) => [name, ...candidate.map((its) => `${name} x ${its}`)]),
    ]
    this.size = this.names.length
    this.mostActive = this.size
  }

  isOfStateAlone(entry: number): boolean {
    return entry % (1 + this.#candidateWidth) === 0
  }

  write(rows: Float64Array, at: number, _action: number, indices: Int32Array, values: Float64Array): number {
    const stateWidth = this.#stateWidth
    const candidateWidth = this.#candidateWidth
    const candidateAt = at + stateWidth
    let active = 0
    for (let s = -1; s < stateWidth; s++) {
      const factor = s < 0 ? 1 : rows[at + s]!
      if (factor === 0) continue // another service, or nothing missing: a whole row of zeros
      const first = (s + 1) * (1 + candidateWidth)
      indices[active] = first
      values[active++] = factor
      for (let c = 0; c < candidateWidth; c++) {
        indices[active] = first + 1 + c
        values[active++] = factor * rows[candidateAt + c]!
      }
    }
    return active
  }

  valuesOf(rows: Float64Array, count: number, weights: Float64Array, values: Float64Array): void {
    const inState = this.#inState
    const stateWidth = this.#stateWidth
    const own = 1 + this.#candidateWidth
    for (let c = 0; c < own; c++) inState[c] = weights[c]!
    for (let s = 0; s < stateWidth; s++) {
      const factor = rows[s]!
      if (factor === 0) continue
      const first = (s + 1) * own
      for (let c = 0; c < own; c++) inState[c]! += factor * weights[first + c]!
    }
    const width = stateWidth + this.#candidateWidth
    for (let k = 0; k < count; k++) {
      const at = k * width + stateWidth - 1
      let sum = inState[0]!
      for (let c = 1; c < own; c++) sum += inState[c]! * rows[at + c]!
      values[k] = sum
    }
  }
}

/**
 * One more set of weights per action, beside one that all share: what little data says of an action is held near what
 * all the data says.
 *
 *     phi = (phi(state), 0, .., phi(state) at the place of the action, .., 0)
 */
export class ActionBasis implements Basis {
  readonly size: number
  readonly mostActive: number
  readonly names: readonly string[]
  readonly #inner: Basis

  constructor(inner: Basis, actions: readonly string[]) {
    this.#inner = inner
    this.size = inner.size * (1 + actions.length)
    this.mostActive = 2 * inner.mostActive
    this.names = [
      ...inner.names,
      ...actions.flatMap((action) => inner.names.map((name) => `${action}: ${name}`)),
    ]
  }

  isOfStateAlone(entry: number): boolean {
    return entry < this.#inner.size
  }

  write(rows: Float64Array, at: number, action: number, indices: Int32Array, values: Float64Array): number {
    const shared = this.#inner.write(rows, at, action, indices, values)
    const offset = (1 + action) * this.#inner.size
    for (let k = 0; k < shared; k++) {
      indices[shared + k] = indices[k]! + offset
      values[shared + k] = values[k]!
    }
    return 2 * shared
  }
}
