import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TileCoding } from '../../../src/learning/encoders/tile-coding.ts'

function tilesOf(coding: TileCoding, point: readonly number[]): number[] {
  const indices = new Int32Array(coding.tilings)
  coding.write(Float64Array.from(point), 0, 0, indices, 0)
  return [...indices]
}

test('one tile per tiling, each of the tiling, whatever the point', () => {
  const coding = new TileCoding([0, 1], 8, 4)
  const perTiling = coding.size / 8
  expect(coding.size).toBe(8 * 5 * 5)
  fc.assert(
    fc.property(fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), (point) => {
      expect(tilesOf(coding, point).map((tile) => Math.floor(tile / perTiling))).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7,
      ])
    }),
  )
})

// As in the book: with n tilings a step of 1/n of a tile leaves all tiles but one per dimension.
test('points share the more tiles the nearer they are, and none two tiles apart', () => {
  const coding = new TileCoding([0], 4, 4)
  const shared = (a: number, b: number) => {
    const other = new Set(tilesOf(coding, [b]))
    return tilesOf(coding, [a]).filter((tile) => other.has(tile)).length
  }
  const tile = 5 / 4
  const at = -1.2
  expect([0, 0.25, 0.5, 0.75, 1, 2].map((tiles) => shared(at, at + tiles * tile))).toEqual([4, 3, 2, 1, 0, 0])
})

test('beyond the grid lies the outermost tile', () => {
  const coding = new TileCoding([0], 2, 4)
  expect(tilesOf(coding, [1e9])).toEqual(tilesOf(coding, [3]))
  expect(tilesOf(coding, [Number.NEGATIVE_INFINITY])).toEqual(tilesOf(coding, [-2.5]))
})

// Sutton & Barto, exercise of figure 9.11: tilings are displaced asymmetrically, by (1, 3) in two dimensions.
test('two dimensions are displaced by one and by three units', () => {
  const coding = new TileCoding([0, 1], 4, 1)
  const unit = 5 / 4
  const origin = tilesOf(coding, [-2.5, -2.5])
  const changedBy = (point: readonly number[]) =>
    tilesOf(coding, point).flatMap((tile, tiling) => (tile === origin[tiling] ? [] : [tiling]))
  expect(changedBy([-2.5 + 1.01 * unit, -2.5])).toEqual([3])
  expect(changedBy([-2.5, -2.5 + 1.01 * unit])).toEqual([1])
})
