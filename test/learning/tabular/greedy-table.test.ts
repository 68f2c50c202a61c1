import { expect, test } from 'vitest'
import { GreedyTable } from '../../../src/learning/tabular/greedy-table.ts'

// Two states and three classes, and one row and column for the unknown. Class 2 was never chosen in state 0,
// nothing was in state 1.
const values = Float64Array.of(-1, -3, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99)
const visits = Uint32Array.of(5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
const table = new GreedyTable(2, 3, values, visits)
const inFlight = Float32Array.of(4, 2, Number.NaN, 0)

function scores(state: number, classes: readonly number[]): { known: boolean; scores: number[] } {
  const out = new Float64Array(classes.length)
  const known = table.score(state, Int32Array.from(classes), inFlight, 0, classes.length, out)
  return { known, scores: [...out] }
}

test('a known class costs minus its value', () => {
  expect(scores(0, [0, 1, 0])).toEqual({ known: true, scores: [1, 3, 1] })
})

test('a class unknown in this state, or at all, costs as much as the worst known one', () => {
  expect(scores(0, [2, 0, 3])).toEqual({ known: true, scores: [3, 1, 3] })
})

test('where nothing is known the requests in flight decide', () => {
  const byInFlight = { known: false, scores: [4, 2, Number.POSITIVE_INFINITY, 0] }
  expect(scores(0, [2, 2, 3, 3])).toEqual(byInFlight)
  expect(scores(1, [0, 1, 0, 1])).toEqual(byInFlight)
  expect(scores(2, [0, 1, 0, 1])).toEqual(byInFlight)
})
