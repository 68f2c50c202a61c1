import { expect, test } from 'vitest'
import { trajectoriesOf } from '../../../src/learning/tabular/trajectories.ts'

// Two trajectories, 0 > 3 > 1 and 2 > 5, and a decision alone, 4.
const following = Int32Array.of(3, -1, 5, 1, -1, -1)

function strung(...rows: number[]): number[][] {
  const { rows: all, starts } = trajectoriesOf(following, Uint32Array.from(rows))
  return Array.from({ length: starts.length - 1 }, (_, t) => [...all.subarray(starts[t], starts[t + 1])])
}

test('rows are strung together in the order of time, trajectories in the order of their first rows', () => {
  expect(strung(0, 1, 2, 3, 4, 5)).toEqual([[0, 3, 1], [2, 5], [4]])
  expect(strung(5, 4, 3, 2, 1, 0)).toEqual([[4], [2, 5], [0, 3, 1]])
})

test('a row that is not given cuts', () => {
  expect(strung(0, 1, 2)).toEqual([[0], [1], [2]])
  expect(strung()).toEqual([])
})
