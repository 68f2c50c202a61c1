import { expect, test } from 'vitest'
import { behaviourCloning } from '../../../src/learning/learners/behaviour-cloning.ts'
import { rowsOf, type Step, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

/** A logger that chooses three classes 7, 2 and 1 times in 10, which pay the other way round. */
const log = transitionsOf(
  1,
  4,
  [0, 0, 1, 0, 0, 2, 0, 1, 0, 0].map(
    (chosen): Step => ({ state: 0, candidates: [0, 1, 2], chosen, reward: chosen, terminal: true }),
  ),
)

test('comes to how often each class was chosen, whatever it paid', () => {
  const table = tableFor(log)
  for (let epoch = 0; epoch < 3000; epoch++) sweep(behaviourCloning, table, log, {})
  const weights = [0, 1, 2].map((id) => Math.exp(table.values[id]!))
  const total = weights.reduce((sum, weight) => sum + weight)
  for (const [id, share] of [0.7, 0.2, 0.1].entries())
    expect(Math.abs(weights[id]! / total - share)).toBeLessThan(0.02)
  // The cross-entropy is then the entropy of the logger.
  const entropy = -(0.7 * Math.log(0.7) + 0.2 * Math.log(0.2) + 0.1 * Math.log(0.1))
  expect(behaviourCloning.loss(table, log, rowsOf(log), {})).toBeCloseTo(entropy, 2)
  expect(table.values[3]).toBe(0)
})

test('one step on one decision, by hand', () => {
  const step: Step = { state: 0, candidates: [0, 1, 1], chosen: 0, reward: 99 }
  const transitions = transitionsOf(1, 2, [step])
  const table = tableFor(transitions)
  table.values.set([Math.log(2), 0])
  expect(sweep(behaviourCloning, table, transitions, {})).toBeCloseTo(Math.log(2), 12)
  expect(table.values[0]).toBeCloseTo(Math.log(2) + 1 - 0.5, 12)
  expect(table.values[1]).toBeCloseTo(-2 / 4, 12)
})

test('the loss survives values far apart', () => {
  const table = tableFor(log)
  table.values.set([-2000, 0, 2000])
  expect(behaviourCloning.loss(table, log, rowsOf(log), {})).toBeCloseTo(0.7 * 4000 + 0.2 * 2000, 6)
})
