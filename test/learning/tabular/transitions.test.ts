import { expect, test } from 'vitest'
import { LearningError } from '../../../src/core/index.ts'
import { requireClasses, usableRows } from '../../../src/learning/tabular/transitions.ts'
import { type Step, transitionsOf } from '../hand-made-transitions.ts'

const next = { state: 0, candidates: [0] }
const step: Step = { state: 0, candidates: [0, 1], chosen: 0, reward: 0, next }
const { next: _, ...loose } = step

test('without a discount all rows are of use, with one only those that go on or end', () => {
  const transitions = transitionsOf(1, 2, [step, loose, { ...loose, terminal: true }])
  expect([...usableRows(transitions, 0)]).toEqual([0, 1, 2])
  expect([...usableRows(transitions, 0.5)]).toEqual([0, 2])
})

test('a log in which all that was chosen looks the same is refused, and the message says what to record', () => {
  const alike = transitionsOf(1, 2, [step, step])
  expect(() => requireClasses(alike)).toThrow(LearningError)
  expect(() => requireClasses(alike)).toThrow(/all chosen instances looked the same .*epsilon-greedy/)
  expect(() => requireClasses(transitionsOf(1, 2, [step, { ...step, chosen: 1 }]))).not.toThrow()
})
