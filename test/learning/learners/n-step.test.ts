import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { nStep } from '../../../src/learning/learners/n-step.ts'
import { qLearning } from '../../../src/learning/learners/q-learning.ts'
import { uniform } from '../environments/decision-process.ts'
import { sampledLog } from '../environments/logs.ts'
import { randomProcess } from '../environments/random-process.ts'
import { type Step, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

const process = randomProcess(12, 3, 1)
const log = sampledLog(process, uniform(process), 2000, new RandomStreams(1).stream('log'), 40)

test.each([0, 1])('n = 1 is Q-learning, bit for bit, correction %d', (correction) => {
  const [one, plain] = [tableFor(log, -2), tableFor(log, -2)]
  for (let epoch = 0; epoch < 5; epoch++) {
    const squares = sweep(nStep, one, log, { gamma: 0.9, n: 1, correction })
    expect(squares).toBe(sweep(qLearning, plain, log, { gamma: 0.9 }))
    expect(one.values).toEqual(plain.values)
  }
})

test('gamma 0 is Q-learning too, whatever n', () => {
  const [many, plain] = [tableFor(log), tableFor(log)]
  sweep(nStep, many, log, { gamma: 0, n: 5, correction: 1 })
  sweep(qLearning, plain, log, { gamma: 0 })
  expect(many.values).toEqual(plain.values)
})

/** Three decisions in a row in states 0, 1 and 2, after which state 3 is known; class 0 is worth 10, class 1 is worth 5. */
function valueAfter(settings: { n: number; correction: number }, change: (steps: Step[]) => void = () => {}) {
  const steps = [1, 2, 4].map(
    (reward, state): Step => ({
      state,
      candidates: [0, 1],
      chosen: 0,
      reward,
      propensity: 0.5,
      next: { state: state + 1, candidates: [0, 1] },
      following: state < 2 ? state + 1 : -1,
    }),
  )
  change(steps)
  const transitions = transitionsOf(4, 2, steps)
  const table = tableFor(transitions)
  for (let state = 0; state < 4; state++) table.values.set([10, 5], state * table.width)
  sweep(nStep, table, transitions, { gamma: 0.5, ...settings }, Uint32Array.of(0))
  return table.values[0]
}

test('by hand: as many rewards as there are, then the table', () => {
  expect(valueAfter({ n: 2, correction: 0 })).toBe(1 + 0.5 * 2 + 0.25 * 10)
  expect(valueAfter({ n: 3, correction: 0 })).toBe(1 + 0.5 * 2 + 0.25 * 4 + 0.125 * 10)
  expect(valueAfter({ n: 9, correction: 0 })).toBe(1 + 0.5 * 2 + 0.25 * 4 + 0.125 * 10)
})

test('the sum ends where the process does, and before a decision of which nobody knows what it led to', () => {
  const ended = (steps: Step[]) => {
    const { next: _, ...last } = steps[1]!
    steps[1] = { ...last, following: -1, terminal: true }
  }
  expect(valueAfter({ n: 3, correction: 0 }, ended)).toBe(1 + 0.5 * 2)
  const lost = (steps: Step[]) => {
    const { next: _, ...last } = steps[2]!
    steps[2] = last
  }
  expect(valueAfter({ n: 3, correction: 0 }, lost)).toBe(1 + 0.5 * 2 + 0.25 * 10)
})

test('corrected, the log is followed only as far as the model would have gone', () => {
  // Chosen as the model would: ratios are 2, cut to 1, and all is as without.
  expect(valueAfter({ n: 3, correction: 1 })).toBeCloseTo(1 + 0.5 * 2 + 0.25 * 4 + 0.125 * 10, 12)
  const strayed = (steps: Step[]) => {
    steps[1] = { ...steps[1]!, chosen: 1 }
  }
  expect(valueAfter({ n: 3, correction: 1 }, strayed)).toBe(1 + 0.5 * 10)
  expect(valueAfter({ n: 3, correction: 0 }, strayed)).toBe(1 + 0.5 * 2 + 0.25 * 4 + 0.125 * 10)
  const unknown = (steps: Step[]) => {
    steps[1] = { ...steps[1]!, propensity: Number.NaN }
  }
  expect(valueAfter({ n: 3, correction: 1 }, unknown)).toBe(1 + 0.5 * 10)
})

test('off policy, uncorrected steps settle at other values than the best policy has; corrected ones do not', () => {
  // In state 0 class 0 leads to state 1, where class 1 costs 10 and class 0 nothing. The logger takes either.
  const steps: Step[] = []
  for (let k = 0; k < 4; k++) {
    const second = k % 2
    const next = { state: 1, candidates: [0, 1] }
    const ways = { candidates: [0, 1], propensity: 0.5 }
    steps.push({ ...ways, state: 0, chosen: 0, reward: 1, next, following: steps.length + 1 })
    steps.push({ ...ways, state: 1, chosen: second, reward: second === 0 ? 0 : -10, terminal: true })
  }
  const transitions = transitionsOf(2, 2, steps)
  const settled = (correction: number) => {
    const table = tableFor(transitions)
    for (let epoch = 0; epoch < 3000; epoch++)
      sweep(nStep, table, transitions, { gamma: 1, n: 2, correction })
    return table.values[0]!
  }
  expect(Math.abs(settled(0) - (1 - 5))).toBeLessThan(0.05)
  expect(Math.abs(settled(1) - 1)).toBeLessThan(0.05)
})
