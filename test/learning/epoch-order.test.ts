import { expect, test } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { EpochOrder } from '../../src/learning/epoch-order.ts'

const random = () => new RandomStreams(1).stream('epoch-order')
const rows = (length: number) => Uint32Array.from({ length }, (_, i) => i * 2)

test.each([1, 2, 300, 70_001])('of %d rows, each comes once an epoch', (count) => {
  const order = new EpochOrder(rows(count), random())
  for (let epoch = 0; epoch < 3; epoch++) expect(order.next().toSorted()).toEqual(rows(count))
})

test('epochs differ, runs of the same seed do not', () => {
  const [a, b] = [new EpochOrder(rows(1000), random()), new EpochOrder(rows(1000), random())]
  const first = a.next().slice()
  expect(b.next()).toEqual(first)
  expect(a.next()).not.toEqual(first)
})

test('even a large log is cut into at least 256 blocks', () => {
  const order = new EpochOrder(rows(70_000), random()).next()
  let breaks = 0
  for (let i = 1; i < order.length; i++) if (order[i] !== order[i - 1]! + 2) breaks++
  expect(breaks).toBeGreaterThan(250)
})
