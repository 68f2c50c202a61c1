import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { monteCarlo } from '../../../src/learning/learners/monte-carlo.ts'
import { uniform, valuesOf } from '../environments/decision-process.ts'
import { sampledLog } from '../environments/logs.ts'
import { randomProcess } from '../environments/random-process.ts'
import { type Step, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

const next = { state: 0, candidates: [0, 1] }

test('by hand: every visit counts with what followed it', () => {
  const ways = { state: 0, candidates: [0, 1] }
  const steps: Step[] = [
    { ...ways, chosen: 0, reward: 1, next, following: 1 },
    { ...ways, chosen: 0, reward: 2, next, following: 2 },
    { ...ways, chosen: 1, reward: 4, terminal: true },
    { ...ways, chosen: 1, reward: 8, terminal: true },
  ]
  const transitions = transitionsOf(1, 2, steps)
  const table = tableFor(transitions, -9)
  sweep(monteCarlo, table, transitions, { gamma: 0.5 })
  expect([...table.values.subarray(0, 2)]).toEqual([(1 + 0.5 * 4 + 4) / 2, 6])
  expect([...table.updates.subarray(0, 2)]).toEqual([2, 2])
})

test('at a cut it asks what the logger gets in the next state, and settles', () => {
  // Always the same state, 1 each time: worth 1 / (1 - gamma) for ever.
  const steps = Array.from({ length: 5 }, (_, i): Step => {
    return { state: 0, candidates: [0, 1], chosen: i % 2, reward: 1, next, following: i < 4 ? i + 1 : -1 }
  })
  const transitions = transitionsOf(1, 2, steps)
  const table = tableFor(transitions, -50)
  for (let epoch = 0; epoch < 60; epoch++) sweep(monteCarlo, table, transitions, { gamma: 0.8 })
  expect(table.values[0]).toBeCloseTo(5, 5)
  expect(table.values[1]).toBeCloseTo(5, 5)
})

test('without a discount it learns the mean reward', () => {
  const steps = [3, -1, 4].map((reward): Step => ({ state: 0, candidates: [0, 1], chosen: 1, reward, next }))
  const transitions = transitionsOf(1, 2, steps)
  const table = tableFor(transitions, -9)
  sweep(monteCarlo, table, transitions, { gamma: 0 })
  expect([...table.values.subarray(0, 2)]).toEqual([-9, 2])
})

test('comes near what the logger is worth, by dynamic programming', () => {
  const process = randomProcess(10, 3, 2)
  const log = sampledLog(process, uniform(process), 20_000, new RandomStreams(1).stream('log'), 200)
  const table = tableFor(log)
  for (let epoch = 0; epoch < 3; epoch++) sweep(monteCarlo, table, log, { gamma: 0.8 })
  const values = valuesOf(process, 0.8, uniform(process))
  for (let state = 0; state < process.states; state++) {
    const legal = process.legal(state)
    const mean =
      legal.reduce((sum, action) => sum + table.values[state * table.width + action]!, 0) / legal.length
    expect(Math.abs(mean - values[state]!)).toBeLessThan(0.12)
  }
})
