import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { EpochOrder } from '../../../src/learning/data/epoch-order.ts'

const random = () => new RandomStreams(1).stream('epoch-order')
const rows = (length: number) => Uint32Array.from({ length }, (_, i) => i * 2)

test.each([1, 2, 300, 70_001])('of %d rows, each comes once an epoch', (count) => {
  const order = new EpochOrder(rows(count))
  const source = random()
  const all = rows(count)
  for (let epoch = 0; epoch < 3; epoch++) {
    const sorted = order.next(source).toSorted()
    expect(sorted).toHaveLength(count)
    expect(sorted.findIndex((row, i) => row !== all[i])).toBe(-1)
  }
})

test('an order depends on what was drawn for it and on nothing before', () => {
  const [a, b] = [new EpochOrder(rows(1000)), new EpochOrder(rows(1000))]
  const source = random()
  const first = a.next(source).slice()
  expect(a.next(source)).not.toEqual(first)
  expect(b.next(random())).toEqual(first)
  expect(a.next(random())).toEqual(first)
})

test('even a large log is cut into at least 256 blocks', () => {
  const order = new EpochOrder(rows(70_000)).next(random())
  let breaks = 0
  for (let i = 1; i < order.length; i++) if (order[i] !== order[i - 1]! + 2) breaks++
  expect(breaks).toBeGreaterThan(250)
})
