/**
 * Tile codings side by side: one over each feature of the state, and one over each pair of a feature of the candidate
 * and one of the state (over the feature alone where the state has none). All of them together in one grid would be
 * more tiles than there are decisions. Columns that are 0 or 1 (services, missing values) stand beside as they are.
 */
import type { FeatureRows } from '../encoders/feature-rows.ts'
import { TileCoding } from '../encoders/tile-coding.ts'
import type { Basis, BasisShape } from './basis.ts'

export class TileBasis implements Basis {
  readonly size: number
  readonly mostActive: number
  readonly names: readonly string[]
  readonly #codings: readonly TileCoding[]
  /** Index of the first tile of each coding. */
  readonly #firsts: Int32Array
  /** Columns that are entries by themselves. */
  readonly #plain: Int32Array
  readonly #stateWidth: number
  readonly #firstOfPairs: number

  /** @param columns of a row, which may be those of the state alone */
  constructor(
    { description, stateWidth }: FeatureRows,
    columns: readonly string[],
    { tilings, tiles }: BasisShape,
  ) {
    const state = description.state.map((_, f) => f)
    const candidate = columns.length === stateWidth ? [] : description.instance.map((_, f) => stateWidth + f)
    const pairs = candidate.flatMap((c) => (state.length === 0 ? [[c]] : state.map((s) => [c, s])))
    const groups = [...state.map((s) => [s]), ...pairs]
    this.#codings = groups.map((group) => new TileCoding(group, tilings, tiles))
    const plain = columns
      .map((_, column) => column)
      .filter((c) => !state.includes(c) && !candidate.includes(c))
    this.#plain = Int32Array.from(plain)
    const names = ['constant', ...plain.map((column) => columns[column]!)]
    const firsts: number[] = []
    for (const [g, coding] of this.#codings.entries()) {
      firsts.push(names.length)
      const of = groups[g]!.map((column) => columns[column]!).join(' and ')
      for (let tile = 0; tile < coding.size; tile++) names.push(`${of} #${tile}`)
    }
    this.#firsts = Int32Array.from(firsts)
    this.#stateWidth = stateWidth
    this.#firstOfPairs = firsts[state.length] ?? names.length
    this.names = names
    this.size = names.length
    this.mostActive = 1 + plain.length + tilings * groups.length
  }

  isOfStateAlone(entry: number): boolean {
    if (entry === 0) return true
    if (entry <= this.#plain.length) return this.#plain[entry - 1]! < this.#stateWidth
    return entry < this.#firstOfPairs
  }

  write(rows: Float64Array, at: number, _action: number, indices: Int32Array, values: Float64Array): number {
    indices[0] = 0
    values[0] = 1
    let active = 1
    for (let p = 0; p < this.#plain.length; p++) {
      indices[active] = active
      values[active++] = rows[at + this.#plain[p]!]!
    }
    for (let g = 0; g < this.#codings.length; g++) {
      const coding = this.#codings[g]!
      coding.write(rows, at, this.#firsts[g]!, indices, active)
      for (let t = 0; t < coding.tilings; t++) values[active++] = 1
    }
    return active
  }
}
