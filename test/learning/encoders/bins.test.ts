import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binCount, binOf, comparable, quantileEdges } from '../../../src/learning/encoders/bins.ts'

test('quantiles of distinct values cut them into equal parts', () => {
  const values = Float32Array.from({ length: 100 }, (_, i) => 99 - i)
  expect(quantileEdges(values, 4)).toEqual([24, 49, 74])
})

test('duplicates are dropped, missing values do not count', () => {
  const values = Float32Array.of(0, Number.NaN, 0, 0, 0, 0, 0, 1, 2, Number.NaN)
  expect(quantileEdges(values, 4)).toEqual([0])
  expect(quantileEdges(Float32Array.of(Number.NaN), 4)).toEqual([])
})

test('a constant feature has one bin, and one for missing', () => {
  const edges = quantileEdges(new Float32Array(50).fill(0.333), 5)
  expect(edges).toEqual([])
  expect(binCount(edges)).toBe(2)
})

test('a value on an edge belongs below it', () => {
  const edges = comparable([0, 0.05, 0.25])
  const bins = [-1, 0, 0.001, 0.05, 0.051, 0.25, 7].map((value) => binOf(Math.fround(value), edges))
  expect(bins).toEqual([0, 0, 1, 1, 2, 2, 3])
  expect(binOf(Number.NaN, edges)).toBe(4)
})

test('edges rise, are short decimals, and leave no bin of the data empty', () => {
  const property = fc.property(
    fc.array(fc.integer({ min: -1e6, max: 1e8 }), { minLength: 1 }),
    fc.integer({ min: 2, max: 8 }),
    (thousandths, bins) => {
      const values = Float32Array.from(thousandths, (value) => value / 1000)
      const edges = quantileEdges(values.slice(), bins)
      expect(edges.length).toBeLessThan(bins)
      expect(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!)).toBe(true)
      expect(edges.every((edge) => Number(edge.toFixed(3)) === edge)).toBe(true)
      const used = new Set(Array.from(values, (value) => binOf(value, comparable(edges))))
      expect(used.size).toBe(edges.length + 1)
    },
  )
  fc.assert(property)
})
