import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { sarsaLambda } from '../../../src/learning/learners/sarsa-lambda.ts'
import type { Transitions } from '../../../src/learning/tabular/transitions.ts'
import { ValueTable } from '../../../src/learning/tabular/value-table.ts'
import { uniform, valuesOf } from '../environments/decision-process.ts'
import { sampledLog } from '../environments/logs.ts'
import { randomProcess } from '../environments/random-process.ts'
import { rowsOf, type Step, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

const process = randomProcess(10, 3, 2)
const log = sampledLog(process, uniform(process), 20_000, new RandomStreams(1).stream('log'))
const usable = sarsaLambda.usable!(log, 0.9)

/** SARSA as the book has it (section 6.4), over a log. */
function plainSarsa(
  { values, updates, rates, width }: ValueTable,
  transitions: Transitions,
  gamma: number,
): void {
  const { current, chosen, reward, terminal, following } = transitions
  const pair = (i: number) => current.state[i]! * width + current.classes[current.starts[i]! + chosen[i]!]!
  for (const i of usable) {
    const next = terminal[i] === 1 ? 0 : values[pair(following[i]!)]!
    const rate = rates[Math.min(++updates[pair(i)]!, rates.length - 1)]!
    values[pair(i)]! += rate * (reward[i]! + gamma * next - values[pair(i)]!)
  }
}

test.each([
  ['accumulating', 0],
  ['replacing', 1],
])('lambda 0 with %s traces is SARSA, bit for bit', (_, traces) => {
  const [traced, plain] = [tableFor(log), tableFor(log)]
  for (let epoch = 0; epoch < 2; epoch++) {
    sweep(sarsaLambda, traced, log, { gamma: 0.9, lambda: 0, traces }, usable)
    plainSarsa(plain, log, 0.9)
    expect(traced.values).toEqual(plain.values)
  }
})

test('lambda 0 true online is SARSA but for rounding', () => {
  const [traced, plain] = [tableFor(log), tableFor(log)]
  sweep(sarsaLambda, traced, log, { gamma: 0.9, lambda: 0, traces: 2 }, usable)
  plainSarsa(plain, log, 0.9)
  for (const [i, value] of plain.values.entries()) expect(traced.values[i]).toBeCloseTo(value, 9)
})

test.each([0, 1, 2])('traces %d: settles at what the logger is worth, by dynamic programming', (traces) => {
  const table = tableFor(log, 0, 0.7)
  for (let epoch = 0; epoch < 5; epoch++) {
    sweep(sarsaLambda, table, log, { gamma: 0.8, lambda: 0.6, traces }, usable)
  }
  const values = valuesOf(process, 0.8, uniform(process))
  for (let state = 0; state < process.states; state++) {
    const legal = process.legal(state)
    const mean =
      legal.reduce((sum, action) => sum + table.values[state * table.width + action]!, 0) / legal.length
    // 2,000 visits of a state, whose returns spread by about 1.
    expect(Math.abs(mean - values[state]!)).toBeLessThan(0.12)
  }
})

/** Three decisions, the last of which ends it; the first and the second in the same state, by different classes. */
const chain: readonly Step[] = [
  {
    state: 0,
    candidates: [0, 1],
    chosen: 0,
    reward: 1,
    next: { state: 0, candidates: [0, 1] },
    following: 1,
  },
  {
    state: 0,
    candidates: [0, 1],
    chosen: 1,
    reward: 2,
    next: { state: 0, candidates: [0, 1] },
    following: 2,
  },
  { state: 0, candidates: [0, 1], chosen: 0, reward: 4, terminal: true },
]

test('by hand: three visits of two classes', () => {
  const learned = (traces: number) => {
    const transitions = transitionsOf(1, 2, chain)
    const table = new ValueTable(1, 2, 0, Float64Array.of(0.5))
    sweep(sarsaLambda, table, transitions, { gamma: 1, lambda: 0.5, traces })
    return [...table.values.subarray(0, 2)]
  }
  // Accumulating. Step 1: td 1, z (1, 0): (0.5, 0). Step 2: td 2 + 0.5 - 0, z (0.5, 1): (1.125, 1.25).
  // Step 3: td 4 - 1.125, z (1.25, 0.5): (1.125 + 0.5 * 2.875 * 1.25, 1.25 + 0.5 * 2.875 * 0.5).
  expect(learned(0)).toEqual([2.921875, 1.96875])
  // Replacing. Step 2: z (0, 1): (0.5, 1.25). Step 3: td 3.5, z (1, 0): (2.25, 1.25).
  expect(learned(1)).toEqual([2.25, 1.25])
  // Dutch. Step 1: z (1, 0), Qold 0: (0.5, 0), Qold = Q(1) = 0. Step 2: z (0.5, 1), td 2.5, Q - Qold = 0: (1.125, 1.25),
  // Qold = 0.5, the value of class 0 before. Step 3: z = (0.25 + 1 - 0.5 * 0.25, 0.5), td 2.875, Q - Qold = 0.625:
  // class 0 gets 0.5 * 3.5 * 1.125 - 0.5 * 0.625, class 1 gets 0.5 * 3.5 * 0.5.
  expect(learned(2)).toEqual([1.125 + 1.96875 - 0.3125, 1.25 + 0.875])
})

test('the decision before a gap is not learned from, and traces do not cross it', () => {
  const cut = chain.map((step, i) => (i === 1 ? { ...step, following: -1 } : step))
  const transitions = transitionsOf(1, 2, cut)
  expect([...sarsaLambda.usable!(transitions, 0.9)]).toEqual([0, 2])
  expect([...sarsaLambda.usable!(transitions, 0)]).toEqual([0, 1, 2])
  const table = new ValueTable(1, 2, 0, Float64Array.of(0.5))
  sweep(sarsaLambda, table, transitions, { gamma: 1, lambda: 1, traces: 0 }, Uint32Array.of(0, 2))
  // 0.5 from the first, then half of the way to 4.
  expect([...table.values.subarray(0, 2)]).toEqual([0.5 + 0.5 * 3.5, 0])
})

test('rows come in any order; a trajectory is followed in its own', () => {
  const [forward, backward] = [tableFor(log), tableFor(log)]
  const episodes = transitionsOf(1, 2, chain)
  const settings = { gamma: 1, lambda: 0.7, traces: 0 }
  sweep(sarsaLambda, forward, episodes, settings, rowsOf(episodes))
  sweep(sarsaLambda, backward, episodes, settings, rowsOf(episodes).reverse())
  expect(backward.values).toEqual(forward.values)
})
