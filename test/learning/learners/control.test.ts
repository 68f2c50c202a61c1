/** What the book's examples show of learners that act while they learn, by the update code of ours. */
import { describe, expect, test } from 'vitest'
import { type Random, RandomStreams } from '../../../src/core/index.ts'
import { doubleQ } from '../../../src/learning/learners/double-q.ts'
import { qLearning } from '../../../src/learning/learners/q-learning.ts'
import { sarsaLambda } from '../../../src/learning/learners/sarsa-lambda.ts'
import type { TabularRule } from '../../../src/learning/tabular/tabular-rule.ts'
import { ValueTable } from '../../../src/learning/tabular/value-table.ts'
import { cliffWalking } from '../environments/cliff-walking.ts'
import {
  epsilonGreedy,
  optimalValues,
  uniform,
  valueAtStart,
  valuesOf,
  valuesWithin,
} from '../environments/decision-process.ts'
import { frozenLake } from '../environments/frozen-lake.ts'
import { distance, learnedAction, learnedValues } from '../environments/learned-policy.ts'
import { episode, sampledLog } from '../environments/logs.ts'
import { rowsOf, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

describe('CliffWalking, acting at random one time in ten', () => {
  const process = cliffWalking()

  /** Acts by the table, learns from each episode, and acts by what it learned. */
  function learnByActing(rule: TabularRule, episodes: number, rates: (n: number) => number) {
    const random = new RandomStreams(1).stream('actions')
    const table = new ValueTable(
      process.states,
      process.actions,
      0,
      Float64Array.from({ length: 5000 }, (_, n) => rates(n)),
    )
    const best = learnedAction(process, table)
    const behaviour = epsilonGreedy(process, best, 0.1)
    for (let k = 0; k < episodes; k++) {
      const log = transitionsOf(process.states, process.actions, episode(process, behaviour, random, 1000, 0))
      const settings = { gamma: 1, lambda: 0, traces: 0 }
      rule.prepare(table, log, settings).sweep(rule.usable?.(log, 1) ?? rowsOf(log), random)
    }
    return { greedy: epsilonGreedy(process, best, 0), behaviour }
  }

  test('Q-learning walks along the edge and falls; SARSA learns to keep away from it', () => {
    const edge = learnByActing(qLearning, 1200, () => 0.5)
    expect(valueAtStart(process, valuesWithin(process, 100, edge.greedy))).toBe(-13)
    // -45.8033 by the optimal table; what lies off its way has been learned less well.
    const fallen = valueAtStart(process, valuesOf(process, 1, edge.behaviour))
    expect(fallen).toBeGreaterThan(-50)
    expect(fallen).toBeLessThan(-45.8)

    const safe = learnByActing(sarsaLambda, 3000, (n) => Math.max(0.02, n ** -0.7))
    const value = valueAtStart(process, valuesOf(process, 1, safe.behaviour))
    // The best that there is with so much chance is -20.7077.
    expect(value).toBeGreaterThan(-23)
    expect(value).toBeLessThan(-20.7076)
    expect(valueAtStart(process, valuesWithin(process, 100, safe.greedy))).toBeLessThanOrEqual(-15)
  })
})

describe('FrozenLake, from a log of chance', () => {
  const lake = frozenLake('4x4')
  // From anywhere: hardly anyone gets from the start to the goal by chance.
  const ice = Array.from({ length: lake.states }, (_, state) => state).filter(
    (state) => lake.legal(state).length > 0,
  )
  const process = { ...lake, starts: ice.map((state) => [state, 1 / ice.length] as const) }
  const log = sampledLog(process, uniform(process), 40_000, new RandomStreams(2).stream('log'))

  test.each([
    ['q-learning', qLearning],
    ['double-q', doubleQ],
  ] as const)('%s comes near the best values', (_, rule) => {
    const table = tableFor(log, 0, 0.7)
    for (let epoch = 0; epoch < 20; epoch++) sweep(rule, table, log, { gamma: 0.9 })
    const values = learnedValues(process, table)
    // What 40,000 slips do not tell: values up to 0.64, of which the start is 0.069.
    expect(distance(values, optimalValues(process, 0.9))).toBeLessThan(0.05)
    const best = learnedAction(process, table)
    const achieved = valuesOf(process, 0.9, epsilonGreedy(process, best, 0))
    expect(achieved[0]).toBeGreaterThan(0.95 * 0.068891)
  })
})

describe('maximisation bias (example 6.7): left leads to ten actions that cost 0.1 on average, right ends at once', () => {
  const EPISODES = 300
  /** Rows for each choice, of which one is drawn: halves of the log, for double Q, go by row. */
  const ROWS = 1000
  const tens = Array.from({ length: 10 }, (_, action) => action)
  const inA = { state: 0, candidates: [0, 1], reward: 0 }
  const left = { ...inA, chosen: 0, next: { state: 1, candidates: tens } }
  const right = { ...inA, chosen: 1, terminal: true }
  const inB = tens.map((chosen) => ({ state: 1, candidates: tens, chosen, reward: 0, terminal: true }))
  const log = transitionsOf(
    2,
    10,
    [left, right, ...inB].flatMap((step) => Array.from({ length: ROWS }, () => step)),
  )

  /** Share of runs that went left in each episode; the optimal policy does in 5 % of them. */
  function shareLeft(rule: TabularRule, runs: number): Float64Array {
    const random = new RandomStreams(1).stream('bias')
    const shares = new Float64Array(EPISODES)
    const table = new ValueTable(2, 10, 0, Float64Array.of(0.1))
    const { sweep, memory } = rule.prepare(table, log, { gamma: 1 })
    const learn = (choice: number, reward: number) => {
      const row = choice * ROWS + Math.floor(random() * ROWS)
      log.reward[row] = reward
      sweep(Uint32Array.of(row), random)
    }
    for (let run = 0; run < runs; run++) {
      for (const array of [table.values, table.updates, ...Object.values(memory)]) array.fill(0)
      for (let k = 0; k < EPISODES; k++) {
        const action = act(table, 0, 2, random)
        if (action === 1) {
          learn(1, 0)
          continue
        }
        shares[k]! += 1 / runs
        const second = act(table, 1, 10, random)
        learn(0, 0)
        learn(2 + second, normal(random) - 0.1)
      }
    }
    return shares
  }

  function act({ values, width }: ValueTable, state: number, actions: number, random: Random): number {
    if (random() < 0.1) return Math.floor(random() * actions)
    const base = state * width
    let [best, ties] = [0, 1]
    for (let action = 1; action < actions; action++) {
      const difference = values[base + action]! - values[base + best]!
      if (difference > 0) [best, ties] = [action, 1]
      else if (difference === 0 && random() < 1 / ++ties) best = action
    }
    return best
  }

  function normal(random: Random): number {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  }

  const RUNS = 1000
  /** Four standard errors of a share. */
  const tolerance = (share: number) => 4 * Math.sqrt((share * (1 - share)) / RUNS)

  test('Q-learning goes left as often as the book says', () => {
    const shares = shareLeft(qLearning, RUNS)
    for (const [episode, share] of [
      [1, 0.501],
      [10, 0.874],
      [50, 0.828],
      [100, 0.453],
      [300, 0.121],
    ] as const) {
      expect(Math.abs(shares[episode - 1]! - share)).toBeLessThan(tolerance(share))
    }
  })

  test('double Q does too, or less often while its tables know different pairs', () => {
    const shares = shareLeft(doubleQ, RUNS)
    expect(shares[9]).toBeLessThan(0.454 + tolerance(0.454))
    for (const [episode, share] of [
      [1, 0.501],
      [50, 0.143],
      [100, 0.094],
      [300, 0.065],
    ] as const) {
      expect(Math.abs(shares[episode - 1]! - share)).toBeLessThan(tolerance(share))
    }
  })
})
