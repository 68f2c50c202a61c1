import { expect, test } from 'vitest'
import { qLearning } from '../../../src/learning/learners/q-learning.ts'
import { type Step, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

/** State, action, reward, and the next states of four equally likely outcomes. Action 1 is illegal in state 2. */
const PROBLEM: readonly (readonly [number, number, number, readonly number[]])[] = [
  [0, 0, 0.1, [0, 0, 1, 1]],
  [0, 1, 0, [1, 1, 1, 2]],
  [1, 0, 0.2, [0, 1, 1, 2]],
  [1, 1, -0.5, [2, 2, 2, 2]],
  [2, 0, 1, [0, 0, 0, 2]],
]
const LEGAL = [[0, 1], [0, 1], [0]]
const GAMMA = 0.9

/** The values by dynamic programming. */
function valueIteration(): number[][] {
  let values = LEGAL.map((actions) => actions.map(() => 0))
  for (let sweep = 0; sweep < 500; sweep++) {
    const best = values.map((row) => Math.max(...row))
    const updated = values.map((row) => [...row])
    for (const [state, action, reward, nexts] of PROBLEM) {
      const following = nexts.reduce((sum, next) => sum + best[next]! / nexts.length, 0)
      updated[state]![action] = reward + GAMMA * following
    }
    values = updated
  }
  return values
}

test('finds the values that value iteration finds', () => {
  const steps = PROBLEM.flatMap(([state, action, reward, nexts]) =>
    nexts.map((next): Step => {
      const candidates = LEGAL[state]!
      return { state, candidates, chosen: action, reward, next: { state: next, candidates: LEGAL[next]! } }
    }),
  )
  const transitions = transitionsOf(3, 2, steps)
  const table = tableFor(transitions, 0, 0.6)
  for (let epoch = 0; epoch < 3000; epoch++) {
    sweep(qLearning, table, transitions, { gamma: GAMMA })
  }
  for (const [state, row] of valueIteration().entries()) {
    for (const [action, value] of row.entries()) {
      // The step size ends at about 0.004, so values keep a jitter of that share of their spread.
      expect(Math.abs(table.values[state * table.width + action]! - value)).toBeLessThan(0.02)
    }
  }
})

const next = { state: 1, candidates: [0, 1] }

function learnOnce(step: Step): number {
  const transitions = transitionsOf(2, 2, [step])
  const table = tableFor(transitions)
  table.values.set([0, 0, 0, 10, 20, 0])
  sweep(qLearning, table, transitions, { gamma: 0.5 })
  return table.values[step.candidates[step.chosen]!]!
}

test('what follows counts where the run was cut, not where the process ended', () => {
  const step = { state: 0, candidates: [0, 1], chosen: 0, reward: 1 }
  expect(learnOnce({ ...step, next })).toBe(1 + 0.5 * 20)
  expect(learnOnce({ ...step, terminal: true })).toBe(1)
})

test('the maximum runs over the legal actions only', () => {
  const step = { state: 0, candidates: [0, 1], chosen: 1, reward: 1 }
  expect(learnOnce({ ...step, next: { state: 1, candidates: [0] } })).toBe(1 + 0.5 * 10)
  expect(learnOnce({ ...step, next: { state: 1, candidates: [1, 0] } })).toBe(1 + 0.5 * 20)
})

test('without a discount and with decay 1 it learns the mean reward', () => {
  const rewards = [3, -1, 4, 1, -5]
  const steps = rewards.map((reward): Step => ({ state: 0, candidates: [0, 1], chosen: 1, reward, next }))
  const transitions = transitionsOf(2, 2, steps)
  const table = tableFor(transitions, -99, 1)
  sweep(qLearning, table, transitions, { gamma: 0 })
  expect(table.values[1]).toBeCloseTo(0.4, 12)
  expect(table.values[0]).toBe(-99)
})

test('the sum of squares is of the errors before each update', () => {
  const step: Step = { state: 0, candidates: [0], chosen: 0, reward: 2, terminal: true }
  const transitions = transitionsOf(1, 1, [step, step])
  const table = tableFor(transitions)
  expect(sweep(qLearning, table, transitions, { gamma: 0.9 })).toBe(4)
})
