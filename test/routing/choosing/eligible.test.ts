import { expect, test } from 'vitest'
import { countEligible, nthEligible } from '../../../src/routing/choosing/eligible.ts'

test('nthEligible counts the eligible ones only', () => {
  const eligible = Uint8Array.of(0, 1, 0, 1, 1)
  expect([0, 1, 2].map((rank) => nthEligible(eligible, rank))).toEqual([1, 3, 4])
  expect(() => nthEligible(eligible, 3)).toThrow(new RangeError('fewer than 4 eligible instances'))
})

test('countEligible looks at the first ones only', () => {
  const eligible = Uint8Array.of(0, 1, 0, 1, 1)
  expect([0, 2, 4, 5].map((count) => countEligible(eligible, count))).toEqual([0, 1, 2, 3])
})
