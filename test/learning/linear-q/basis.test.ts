import { expect, test } from 'vitest'
import { describeFeatureRows, FeatureRows } from '../../../src/learning/encoders/feature-rows.ts'
import { ActionBasis, type Basis, ProductBasis } from '../../../src/learning/linear-q/basis.ts'
import { TileBasis } from '../../../src/learning/linear-q/tile-basis.ts'

function phi(basis: Basis, row: readonly number[], action = 0): Record<string, number> {
  const indices = new Int32Array(basis.mostActive)
  const values = new Float64Array(basis.mostActive)
  const active = basis.write(Float64Array.from([9, ...row]), 1, action, indices, values)
  const written = [...indices.subarray(0, active)]
  expect(written).toEqual(written.toSorted((a, b) => a - b))
  return Object.fromEntries(written.map((index, k) => [basis.names[index]!, values[k]!]))
}

test('products: the constant, all features, and each of the state times each of the candidate', () => {
  const basis = new ProductBasis(['load', 'late', 'n'], 2)
  expect(phi(basis, [2, 3, 5])).toEqual({
    ...{ constant: 1, n: 5, load: 2, 'load x n': 10, late: 3, 'late x n': 15 },
  })
  expect(phi(basis, [2, 0, 5])).toEqual({ constant: 1, n: 5, load: 2, 'load x n': 10 })
  expect(basis.names.filter((_, entry) => basis.isOfStateAlone(entry))).toEqual(['constant', 'load', 'late'])
})

test('products: the values of all rows of a decision at once are those of one after the other', () => {
  const basis = new ProductBasis(['load', 'late', 'n', 'cpu'], 2)
  const rows = Float64Array.of(...[2, 0, 5, 0.5], ...[2, 0, -1, 0.25], ...[2, 0, 0, 0])
  const weights = Float64Array.from({ length: basis.size }, (_, i) => i - 3.5)
  const values = new Float64Array(3)
  basis.valuesOf(rows, 3, weights, values)
  const singly = [0, 1, 2].map((k) => {
    const entries = Object.entries(phi(basis, [...rows.subarray(4 * k, 4 * k + 4)]))
    return entries.reduce((sum, [name, value]) => sum + weights[basis.names.indexOf(name)]! * value, 0)
  })
  for (const [k, value] of singly.entries()) expect(values[k]).toBeCloseTo(value, 12)
})

test('actions: once for all, and once for the action', () => {
  const basis = new ActionBasis(new ProductBasis(['load'], 1), ['left', 'right'])
  expect(phi(basis, [2], 1)).toEqual({ constant: 1, load: 2, 'right: constant': 1, 'right: load': 2 })
  expect(basis.names.filter((_, entry) => basis.isOfStateAlone(entry))).toEqual(['constant', 'load'])
})

test('tiles: of each feature of the state, and of each pair of it and one of the candidate', () => {
  const standard = { mean: 0, deviation: 1, indicator: false }
  const rows = new FeatureRows(
    describeFeatureRows(
      ['a', 'b'],
      [{ name: 'load', source: 'inFlight', derivation: 'value', ...standard }],
      [{ name: 'cpu', source: 'cpu', derivation: 'value', ...standard, indicator: true }],
    ),
  )
  const basis = new TileBasis(rows, rows.columns, { tilings: 2, tiles: 3 })
  expect(basis.size).toBe(1 + 3 + 2 * 4 + 2 * 4 * 4)
  const names = Object.keys(phi(basis, [0.5, 1, 0, -0.5, 0]))
  expect(names.slice(0, 4)).toEqual(['constant', 'service a', 'service b', 'cpu missing'])
  expect(names.slice(4).map((name) => name.split(' #')[0])).toEqual([
    'load',
    'load',
    'cpu and load',
    'cpu and load',
  ])
  const alone = basis.names.filter((_, entry) => basis.isOfStateAlone(entry))
  expect(alone.slice(0, 3)).toEqual(['constant', 'service a', 'service b'])
  expect(alone.slice(3).every((name) => name.startsWith('load #'))).toBe(true)
})
