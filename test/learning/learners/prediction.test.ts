/**
 * The 19-state random walk of the book (Sutton & Barto, 2e, figures 7.2 and 12.8), by the update code of the learners:
 * error of the state values, averaged over the first ten episodes, at the best step size of each method. The numbers are
 * those of 1000 runs; here there are fewer, the same for all methods, so that their order shows.
 */
import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import type { HyperParameters } from '../../../src/learning/learners/hyper-parameter.ts'
import { nStep } from '../../../src/learning/learners/n-step.ts'
import { sarsaLambda } from '../../../src/learning/learners/sarsa-lambda.ts'
import type { TabularRule } from '../../../src/learning/tabular/tabular-rule.ts'
import { ValueTable } from '../../../src/learning/tabular/value-table.ts'
import { episode } from '../environments/logs.ts'
import { randomWalk, WALK_STATES } from '../environments/random-walk.ts'
import { type Step, transitionsOf } from '../hand-made-transitions.ts'

const RUNS = 200
const EPISODES = 10

const random = new RandomStreams(1).stream('walks')
const walks = Array.from({ length: RUNS }, () => {
  const steps: Step[] = []
  const episodes = Array.from({ length: EPISODES }, () => {
    const first = steps.length
    steps.push(...episode(randomWalk(), () => [1], random, Number.POSITIVE_INFINITY, first))
    return Uint32Array.from({ length: steps.length - first }, (_, i) => first + i)
  })
  return { log: transitionsOf(WALK_STATES, 1, steps), episodes }
})

function meanError(rule: TabularRule, stepSize: number, settings: HyperParameters): number {
  let sum = 0
  for (const { log, episodes } of walks) {
    const table = new ValueTable(WALK_STATES, 1, 0, Float64Array.of(stepSize))
    const prepared = rule.prepare(table, log, { gamma: 1, ...settings })
    for (const rows of episodes) {
      prepared.sweep(rows, random)
      sum += rootMeanSquaredError(table)
    }
  }
  return sum / RUNS / EPISODES
}

function rootMeanSquaredError({ values, width }: ValueTable): number {
  let squares = 0
  for (let state = 0; state < WALK_STATES; state++) {
    squares += (values[state * width]! - ((state + 1) / 10 - 1)) ** 2
  }
  return Math.sqrt(squares / WALK_STATES)
}

// Four standard errors: 0.0018 of 1000 runs is 0.004 of 200.
const TOLERANCE = 0.016

test('n-step: four steps are better than fewer and than more', () => {
  const errors = (
    [
      [1, 0.8, 0.346],
      [2, 0.6, 0.2791],
      [4, 0.4, 0.2664],
      [8, 0.25, 0.2791],
      [16, 0.15, 0.3131],
    ] as const
  ).map(([n, stepSize, known]) => {
    const error = meanError(nStep, stepSize, { n, correction: 0 })
    expect(Math.abs(error - known)).toBeLessThan(TOLERANCE)
    return error
  })
  expect(Math.min(...errors)).toBe(errors[2])
})

test('SARSA(lambda): true online is better than accumulating traces, and both than single steps', () => {
  const [single, trueOnline, accumulating] = (
    [
      [2, 0, 0.8, 0.346],
      [2, 0.8, 0.4, 0.2571],
      [0, 0.8, 0.3, 0.2648],
    ] as const
  ).map(([traces, lambda, stepSize, known]) => {
    const error = meanError(sarsaLambda, stepSize, { lambda, traces })
    expect(Math.abs(error - known)).toBeLessThan(TOLERANCE)
    return error
  })
  expect(trueOnline).toBeLessThan(accumulating!)
  expect(accumulating).toBeLessThan(single!)
})
