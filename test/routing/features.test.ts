import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CONTEXT_FEATURES,
  CONTEXT_WIDTH,
  contextFeature,
  INSTANCE_FEATURES,
  INSTANCE_WIDTH,
  instanceFeature,
  quantize,
} from '../../src/routing/features.ts'

test('every feature has its own place in the row', () => {
  expect(INSTANCE_FEATURES.map(instanceFeature)).toEqual([...Array(INSTANCE_WIDTH).keys()])
  expect(CONTEXT_FEATURES.map(contextFeature)).toEqual([...Array(CONTEXT_WIDTH).keys()])
})

test.each([
  [1.2344, 1.234],
  [1.2346, 1.235],
  [0.0004, 0],
  [-2.5, -2.5],
  [Number.NaN, Number.NaN],
])('quantize(%f) is %f', (value, expected) => expect(quantize(value)).toBe(expected))

test('a rounded number rounds to itself and has at most three decimals', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
      const rounded = quantize(value)
      expect(quantize(rounded)).toBe(rounded)
      expect(Number(rounded.toFixed(3))).toBe(rounded)
      expect(Math.abs(rounded - value)).toBeLessThanOrEqual(0.0005 + 1e-6)
    }),
  )
})
