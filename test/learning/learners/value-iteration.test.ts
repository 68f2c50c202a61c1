/** Problems whose solution is known to many digits, solved by the learner from logs of all that can happen. */
import { describe, expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { fittedQIteration } from '../../../src/learning/learners/fitted-q-iteration.ts'
import { valueIteration } from '../../../src/learning/learners/value-iteration.ts'
import { blackjack, blackjackState, HIT, STICK } from '../environments/blackjack.ts'
import { cliffWalking } from '../environments/cliff-walking.ts'
import {
  type Behaviour,
  type DecisionProcess,
  epsilonGreedy,
  epsilonSoftValues,
  optimalValues,
  uniform,
  valueAtStart,
  valuesOf,
  valuesWithin,
} from '../environments/decision-process.ts'
import { frozenLake } from '../environments/frozen-lake.ts'
import { distance, learnedAction, learnedValues } from '../environments/learned-policy.ts'
import { enumeratedLog, sampledLog } from '../environments/logs.ts'
import { identity, randomProcess } from '../environments/random-process.ts'
import { taxi } from '../environments/taxi.ts'
import { sweep, tableFor } from '../hand-made-transitions.ts'

function solve(process: DecisionProcess, gamma: number, denominator: number) {
  const log = enumeratedLog(process, denominator)
  const table = tableFor(log)
  sweep(valueIteration, table, log, { gamma, tolerance: 1e-13, mostSweeps: 100_000 })
  const best = learnedAction(process, table)
  const greedy: Behaviour = (state) => process.legal(state).map((action) => (action === best(state) ? 1 : 0))
  return { values: learnedValues(process, table), best, greedy }
}

describe('FrozenLake', () => {
  test.each([
    ['4x4', true, 0.99, 0.542026],
    ['4x4', true, 0.9, 0.068891],
    ['4x4', false, 0.99, 0.95099],
    ['4x4', false, 0.9, 0.59049],
    ['8x8', true, 0.99, 0.41464],
  ] as const)('%s, slippery %s, gamma %d: the start is worth %d', (size, slippery, gamma, value) => {
    const process = frozenLake(size, slippery)
    const { values } = solve(process, gamma, slippery ? 3 : 1)
    expect(values[0]).toBeCloseTo(value, 6)
    expect(distance(values, optimalValues(process, gamma))).toBeLessThan(1e-10)
  })

  test('how often the learned policy gets there, and how often any can', () => {
    const small = frozenLake('4x4')
    const { greedy } = solve(small, 0.99, 3)
    expect(valuesWithin(small, 100, greedy)[0]).toBeCloseTo(0.740165, 6)
    expect(valuesWithin(small, 100)[0]).toBeCloseTo(0.74419, 6)
    expect(valuesOf(small, 1, greedy)[0]).toBeCloseTo(14 / 17, 9)
    const large = frozenLake('8x8')
    expect(valuesWithin(large, 200, solve(large, 0.99, 3).greedy)[0]).toBeCloseTo(0.862955, 6)
    expect(valuesWithin(large, 200)[0]).toBeCloseTo(0.91322, 6)
  })
})

test('Taxi: 7.93 on average over the 300 starts, from 3 to 15', () => {
  const process = taxi()
  const { values } = solve(process, 1, 1)
  expect(process.starts).toHaveLength(300)
  expect(valueAtStart(process, values)).toBeCloseTo(7.93, 9)
  const returns = process.starts.map(([state]) => values[state]!)
  expect([Math.min(...returns), Math.max(...returns)]).toEqual([3, 15])
  expect(valueAtStart(process, solve(process, 0.99, 1).values)).toBeCloseTo(6.327464, 6)
})

test('CliffWalking: 13 steps along the edge; at random now and then, the way at the top is the better one', () => {
  const process = cliffWalking()
  const { values, best } = solve(process, 1, 1)
  expect(valueAtStart(process, values)).toBe(-13)
  expect(valueAtStart(process, solve(process, 0.99, 1).values)).toBeCloseTo(-12.247898, 6)
  for (const [epsilon, edge, top] of [
    [0.1, -45.8033, -20.7077],
    [0.01, -16.0667, -15.4408],
  ] as const) {
    const along = valuesOf(process, 1, epsilonGreedy(process, best, epsilon))
    expect(valueAtStart(process, along)).toBeCloseTo(edge, 4)
    expect(valueAtStart(process, epsilonSoftValues(process, 1, epsilon))).toBeCloseTo(top, 4)
  }
})

describe('blackjack', () => {
  const process = blackjack()
  const { values, best } = solve(process, 1, 13)
  const hand = (sum: number, soft: boolean, dealer: number) => blackjackState({ sum, soft }, dealer)

  test('the deal is worth -0.046556', () => {
    expect(valueAtStart(process, values)).toBeCloseTo(-0.046556, 6)
  })

  test('the policy is that of the book (figure 5.2)', () => {
    const stickFrom = (soft: boolean, dealer: number) =>
      [...Array(10).keys()].map((i) => i + 12).find((sum) => best(hand(sum, soft, dealer)) === STICK)
    const dealers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    expect(dealers.map((dealer) => stickFrom(false, dealer))).toEqual([
      17, 13, 13, 12, 12, 12, 17, 17, 17, 17,
    ])
    expect(dealers.map((dealer) => stickFrom(true, dealer))).toEqual([19, 18, 18, 18, 18, 18, 18, 18, 19, 19])
  })

  test('sticking on 20, or on 17, is worth what dynamic programming says', () => {
    const stickOn = (least: number): Behaviour => {
      return (state) => (Math.floor(state / 20) + 4 >= least ? [1, 0] : [0, 1])
    }
    expect(process.legal(hand(20, false, 1))).toEqual([STICK, HIT])
    const on20 = valuesOf(process, 1, stickOn(20))
    expect(valueAtStart(process, on20)).toBeCloseTo(-0.353554, 6)
    expect(on20[hand(13, true, 2)]).toBeCloseTo(-0.277204, 6)
    expect(valueAtStart(process, valuesOf(process, 1, stickOn(17)))).toBeCloseTo(-0.079295, 6)
  })
})

test.each([1, 2, 3])(
  'random problem %d with illegal actions: the same values as dynamic programming',
  (seed) => {
    const process = randomProcess(30, 4, seed)
    expect(distance(solve(process, 0.95, 4).values, optimalValues(process, 0.95))).toBeLessThan(1e-10)
  },
)

test('the identity environment is solved: gamma 0 pays 1, gamma 0.9 ten times that', () => {
  const { values, best } = solve(identity(10), 0, 10)
  expect([...values]).toEqual(Array(10).fill(1))
  expect([...Array(10).keys()].map(best)).toEqual([...Array(10).keys()])
  expect(distance(solve(identity(10), 0.9, 10).values, new Float64Array(10).fill(10))).toBeLessThan(1e-9)
})

test('epoch k of fitted Q iteration is its sweep k, also on a log of chance', () => {
  const process = randomProcess(20, 3, 4)
  const log = sampledLog(process, uniform(process), 3000, new RandomStreams(5).stream('log'))
  const [planned, fitted] = [tableFor(log, -7), tableFor(log, -7)]
  for (let k = 1; k <= 20; k++) {
    sweep(valueIteration, planned, log, { gamma: 0.9, tolerance: 0, mostSweeps: 1 })
    sweep(fittedQIteration, fitted, log, { gamma: 0.9 })
    expect(distance(planned.values, fitted.values)).toBeLessThan(1e-12)
  }
  expect(fitted.values.some((value) => value > 0)).toBe(true)
})
