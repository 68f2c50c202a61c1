import { expect, test } from 'vitest'
import { RandomStreams, uniformInteger } from '../../../src/core/index.ts'
import { cql } from '../../../src/learning/learners/cql.ts'
import { qLearning } from '../../../src/learning/learners/q-learning.ts'
import type { Transitions } from '../../../src/learning/transitions.ts'
import { rowsOf, type Step, tableFor, transitionsOf } from '../hand-made-transitions.ts'

/** A bandit whose logger chooses three actions 7, 2 and 1 times in 10, for rewards 0, 1 and 2. */
const bandit = transitionsOf(
  1,
  3,
  [0, 0, 1, 0, 0, 2, 0, 1, 0, 0].map(
    (action): Step => ({ state: 0, candidates: [0, 1, 2], chosen: action, reward: action, terminal: true }),
  ),
)

function learnBandit(alpha: number): Float64Array {
  const table = tableFor(bandit)
  for (let epoch = 0; epoch < 20_000; epoch++) cql.sweep(table, bandit, rowsOf(bandit), { gamma: 0, alpha })
  return table.values
}

// Exact to the digits given: the gradient of the objective is 0 there.
test.each([
  [0.1, [0.081377, 0.945356, 1.539648]],
  [0.5, [0.3085, 0.601537, 0.637422]],
  [1, [0.455401, 0.325725, 0.160741]],
  [5, [0.714183, -0.173608, -0.652063]],
])('alpha %d comes to rest at the minimum of the objective', (alpha, expected) => {
  const values = learnBandit(alpha)
  // Steps end at 0.001, which leaves an error of about that share of the spread of single steps, 1 + alpha.
  for (const [action, value] of expected.entries()) {
    expect(Math.abs(values[action]! - value)).toBeLessThan(0.003 * (1 + alpha))
  }
  const underLogger = 0.7 * values[0]! + 0.2 * values[1]! + 0.1 * values[2]!
  expect(Math.abs(underLogger - 0.4)).toBeLessThan(0.003 * (1 + alpha))
})

function randomTransitions(seed: number): Transitions {
  const random = new RandomStreams(seed).stream('steps')
  const pick = (most: number) => uniformInteger(random, 0, most)
  const candidates = () => Array.from({ length: 1 + pick(3) }, () => pick(4))
  const steps = Array.from({ length: 500 }, (): Step => {
    const own = candidates()
    const step = { state: pick(5), candidates: own, chosen: pick(own.length - 1), reward: random() - 0.5 }
    return random() < 0.1
      ? { ...step, terminal: true }
      : { ...step, next: { state: pick(5), candidates: candidates() } }
  })
  return transitionsOf(6, 5, steps)
}

test('with alpha 0 it is Q-learning, bit for bit', () => {
  const transitions = randomTransitions(1)
  const conservative = tableFor(transitions, -2)
  const plain = tableFor(transitions, -2)
  for (let epoch = 0; epoch < 5; epoch++) {
    const rows = rowsOf(transitions)
    const squares = cql.sweep(conservative, transitions, rows, { gamma: 0.9, alpha: 0 })
    expect(squares).toBe(qLearning.sweep(plain, transitions, rows, { gamma: 0.9 }))
    expect(conservative.values).toEqual(plain.values)
  }
  const settings = { gamma: 0.9, alpha: 0 }
  const rows = rowsOf(transitions)
  expect(cql.objective(conservative, transitions, rows, settings)).toBe(
    qLearning.objective(plain, transitions, rows, settings),
  )
})

test('one step on one decision, by hand', () => {
  const step: Step = { state: 0, candidates: [0, 1, 1], chosen: 0, reward: 1, terminal: true }
  const transitions = transitionsOf(1, 2, [step])
  const table = tableFor(transitions)
  table.values.set([Math.log(2), 0])
  cql.sweep(table, transitions, rowsOf(transitions), { gamma: 0, alpha: 0.5 })
  // Softmax over instances: 2, 1 and 1 of 4. The class that two instances share goes down twice.
  expect(table.values[0]).toBeCloseTo(1 - 0.5 * 0.5 + 0.5, 12)
  const first = 0.5 / 4
  expect(table.values[1]).toBeCloseTo(-2 * first, 12)
})

test('a decision without a choice is neither pushed up nor down', () => {
  const step: Step = { state: 0, candidates: [1, 1], chosen: 0, reward: 3, terminal: true }
  const transitions = transitionsOf(1, 2, [step])
  const table = tableFor(transitions)
  cql.sweep(table, transitions, rowsOf(transitions), { gamma: 0, alpha: 5 })
  expect(table.values[1]).toBeCloseTo(3, 12)
})

test('the objective survives values far apart', () => {
  const table = tableFor(bandit)
  table.values.set([-2000, 0, 2000])
  const objective = cql.objective(table, bandit, rowsOf(bandit), { gamma: 0, alpha: 1 })
  // log sum exp is 2000, to the last digit
  expect(objective).toBeCloseTo((0.7 * 2000 ** 2 + 0.2 + 0.1 * 1998 ** 2) / 2 + 0.7 * 4000 + 0.2 * 2000, 6)
})
