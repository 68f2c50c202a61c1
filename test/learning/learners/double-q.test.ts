import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { doubleQ } from '../../../src/learning/learners/double-q.ts'
import { qLearning } from '../../../src/learning/learners/q-learning.ts'
import { uniform } from '../environments/decision-process.ts'
import { sampledLog } from '../environments/logs.ts'
import { randomProcess } from '../environments/random-process.ts'
import { tableFor } from '../hand-made-transitions.ts'

const process = randomProcess(12, 3, 1)
const log = sampledLog(process, uniform(process), 3000, new RandomStreams(1).stream('log'))
const random = new RandomStreams(1).stream('sweep')

test('with equal tables, a decision is judged as Q-learning judges it', () => {
  for (let row = 0; row < 50; row++) {
    const [double, plain] = [tableFor(log), tableFor(log)]
    for (const { values } of [double, plain]) for (let i = 0; i < values.length; i++) values[i] = Math.sin(i)
    const order = Uint32Array.of(row)
    const error = doubleQ.prepare(double, log, { gamma: 0.9 }).sweep(order, random)
    expect(error).toBe(qLearning.prepare(plain, log, { gamma: 0.9 }).sweep(order, random))
    // As long as one half alone has shown a pair, the table goes by that.
    expect(double.values).toEqual(plain.values)
  }
})

test('the table is the mean of the two, each learned from its half', () => {
  const table = tableFor(log, -4)
  const { sweep, memory } = doubleQ.prepare(table, log, { gamma: 0.9 })
  const order = Uint32Array.from({ length: log.count }, (_, i) => i)
  for (let epoch = 0; epoch < 3; epoch++) sweep(order, random)
  const { firstValues, secondValues, firstUpdates, secondUpdates } = memory
  let [first, second] = [0, 0]
  for (let i = 0; i < table.values.length; i++) {
    expect(table.values[i]).toBe((firstValues![i]! + secondValues![i]!) / 2)
    expect(table.updates[i]).toBe(firstUpdates![i]! + secondUpdates![i]!)
    first += firstUpdates![i]!
    second += secondUpdates![i]!
  }
  // Coins: 3000, with a standard deviation of 27.
  expect(Math.abs(first - second) / 3).toBeLessThan(2 * 4 * 27)
})

test('a half keeps its decisions from epoch to epoch, so that the other never sees their noise', () => {
  const table = tableFor(log)
  const { sweep, memory } = doubleQ.prepare(table, log, { gamma: 0.9 })
  sweep(Uint32Array.of(7), random)
  const seen = [...memory.firstUpdates!].some((count) => count > 0)
  for (let epoch = 0; epoch < 20; epoch++) sweep(Uint32Array.of(7), random)
  expect([...(seen ? memory.secondUpdates! : memory.firstUpdates!)].every((count) => count === 0)).toBe(true)
})
