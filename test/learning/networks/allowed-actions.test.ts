import { expect, test } from 'vitest'
import { barFixed, barUnlikely } from '../../../src/learning/networks/allowed-actions.ts'

test('actions less probable than the share of the most probable one are barred', () => {
  const values = Float64Array.of(5, 1, 2, 3)
  barUnlikely(Float64Array.of(9, Math.log(0.29), 0, Math.log(0.31)), 1, 4, 0.3, values)
  expect([...values]).toEqual([5, Number.NEGATIVE_INFINITY, 2, 3])
})

test('what is barred already bars no other: something is always left', () => {
  const values = Float64Array.of(1, 2, 3)
  barFixed([0], 3, 1, values)
  barUnlikely(Float64Array.of(10, 0, -1), 0, 3, 1, values)
  expect([...values]).toEqual([Number.NEGATIVE_INFINITY, 2, Number.NEGATIVE_INFINITY])
})
