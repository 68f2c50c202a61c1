import { expect, test } from 'vitest'
import { RandomStreams, uniformInteger } from '../../../src/core/index.ts'
import { cql } from '../../../src/learning/learners/cql.ts'
import { qLearning } from '../../../src/learning/learners/q-learning.ts'
import type { EncodedStates, Transitions } from '../../../src/learning/tabular/transitions.ts'
import { backUp, settledValues, uniform } from '../environments/decision-process.ts'
import { enumeratedLog } from '../environments/logs.ts'
import { randomProcess } from '../environments/random-process.ts'
import { rowsOf, type Step, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

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
  for (let epoch = 0; epoch < 20_000; epoch++) sweep(cql, table, bandit, { gamma: 0, alpha })
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
    const squares = sweep(cql, conservative, transitions, { gamma: 0.9, alpha: 0 })
    expect(squares).toBe(sweep(qLearning, plain, transitions, { gamma: 0.9 }))
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
  sweep(cql, table, transitions, { gamma: 0, alpha: 0.5 })
  // Softmax over instances: 2, 1 and 1 of 4. The class that two instances share goes down twice.
  expect(table.values[0]).toBeCloseTo(1 - 0.5 * 0.5 + 0.5, 12)
  const first = 0.5 / 4
  expect(table.values[1]).toBeCloseTo(-2 * first, 12)
})

test('a decision without a choice is neither pushed up nor down', () => {
  const step: Step = { state: 0, candidates: [1, 1], chosen: 0, reward: 3, terminal: true }
  const transitions = transitionsOf(1, 2, [step])
  const table = tableFor(transitions)
  sweep(cql, table, transitions, { gamma: 0, alpha: 5 })
  expect(table.values[1]).toBeCloseTo(3, 12)
})

test('the objective survives values far apart', () => {
  const table = tableFor(bandit)
  table.values.set([-2000, 0, 2000])
  const objective = cql.objective(table, bandit, rowsOf(bandit), { gamma: 0, alpha: 1 })
  // log sum exp is 2000, to the last digit
  expect(objective).toBeCloseTo((0.7 * 2000 ** 2 + 0.2 + 0.1 * 1998 ** 2) / 2 + 0.7 * 4000 + 0.2 * 2000, 6)
})

test('in an MDP it rests where theorem 3.1 of the paper says: true to the logger, too low for what looks good', () => {
  // What follows has one legal action, the policy's: so the target is that of policy evaluation, B^pi.
  const [gamma, alpha] = [0.8, 0.3]
  const process = randomProcess(6, 3, 3)
  const behaviour = uniform(process)
  const policy = (state: number) => process.legal(state)[0]!
  const exact = enumeratedLog(process, 4)
  const log = { ...exact, next: restricted(exact.next, policy) }
  const table = tableFor(log)
  const rows = rowsOf(log)
  const random = new RandomStreams(1).stream('sweep')
  const { sweep: pass } = cql.prepare(table, log, { gamma, alpha })
  for (let epoch = 0; epoch < 8000; epoch++) pass(rows, random)

  // Q = Q^pi - alpha (I - gamma P^pi)^-1 (mu / pi_b - 1), mu being the softmax of Q itself.
  const valueAt = (state: number, action: number) => table.values[state * table.width + action]!
  const mu = (state: number) => {
    const weights = process.legal(state).map((action) => Math.exp(valueAt(state, action)))
    const total = weights.reduce((sum, weight) => sum + weight)
    return weights.map((weight) => weight / total)
  }
  const penalty = (state: number, i: number) => alpha * (mu(state)[i]! / behaviour(state)[i]! - 1)
  const lowered = settledValues(process, gamma, (values, state) => values[0]! - penalty(state, 0))
  const learned = Float64Array.from({ length: process.states }, (_, state) => valueAt(state, policy(state)))
  for (let state = 0; state < process.states; state++) {
    const expected = backUp(process, lowered, gamma, state)
    const target = backUp(process, learned, gamma, state)
    let [underLogger, underMu] = [0, 0]
    for (const [i, action] of process.legal(state).entries()) {
      const value = valueAt(state, action)
      expect(Math.abs(value - (expected[i]! - penalty(state, i)))).toBeLessThan(0.02)
      underLogger += behaviour(state)[i]! * (value - target[i]!)
      underMu += mu(state)[i]! * (value - target[i]!)
    }
    expect(Math.abs(underLogger)).toBeLessThan(0.01)
    // -alpha (sum mu^2 / pi_b - 1), which is never above 0.
    const spread = mu(state).reduce((sum, share, i) => sum + share ** 2 / behaviour(state)[i]!, 0)
    expect(Math.abs(underMu + alpha * (spread - 1))).toBeLessThan(0.01)
    expect(underMu).toBeLessThan(0.01)
  }
})

/** The same next states, in each of which just one action is legal. */
function restricted({ state, starts }: EncodedStates, policy: (state: number) => number): EncodedStates {
  const one = new Int32Array(starts.length)
  const classes: number[] = []
  for (let i = 0; i + 1 < starts.length; i++) {
    if (starts[i + 1]! > starts[i]!) classes.push(policy(state[i]!))
    one[i + 1] = classes.length
  }
  return { state, starts: one, classes: Int32Array.from(classes) }
}
