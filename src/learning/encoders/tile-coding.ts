/**
 * Tile coding (Sutton & Barto, Reinforcement Learning, 2nd ed., section 9.5.4): several grids over a few numbers, each
 * shifted a little against the others. A point is the tiles that it falls into, one per grid; weights of tiles make a
 * function that is constant on the cells of the finest intersection and generalises over the width of a tile.
 *
 * Tiles are numbered densely, without hashing: tiling by tiling, row-major. Tiling t of n is shifted by
 * t (1, 3, 5, ..) / n of a tile along the dimensions (the displacement that Parks & Militzer recommend, see there).
 * Numbers are standardised: the grid covers -RANGE to RANGE, and what lies outside falls into the outermost tile.
 */

const RANGE = 2.5

export class TileCoding {
  /** Tiles of all tilings. */
  readonly size: number
  readonly tilings: number
  /** Along each dimension: one more than asked for, since grids are shifted. */
  readonly #across: number
  readonly #tiles: number
  readonly #tilesPerTiling: number
  readonly #columns: Int32Array

  /**
   * @param columns which numbers of a row are the dimensions
   * @param tiles along each dimension
   */
  constructor(columns: readonly number[], tilings: number, tiles: number) {
    this.#columns = Int32Array.from(columns)
    this.#tiles = tiles
    this.#across = tiles + 1
    this.#tilesPerTiling = this.#across ** columns.length
    this.tilings = tilings
    this.size = tilings * this.#tilesPerTiling
  }

  /**
   * Numbers of the tiles that a row falls into, one per tiling.
   *
   * @param rows a row stands from `at` on
   * @param first added to each
   * @param indices shape [at least to + tilings], overwritten from `to` on
   */
  write(rows: Float64Array, at: number, first: number, indices: Int32Array, to: number): void {
    const { tilings } = this
    const columns = this.#columns
    const across = this.#across
    for (let tiling = 0; tiling < tilings; tiling++) {
      let tile = 0
      for (let d = 0; d < columns.length; d++) {
        const place = ((rows[at + columns[d]!]! + RANGE) / (2 * RANGE)) * this.#tiles
        const shift = ((tiling * (2 * d + 1)) % tilings) / tilings
        const cell = Math.floor(place + shift)
        tile = tile * across + (cell < 0 ? 0 : cell >= across ? across - 1 : cell)
      }
      indices[to + tiling] = first + tiling * this.#tilesPerTiling + tile
    }
  }
}
