import { expect, test } from 'vitest'
import { Ejection } from '../../../src/routing/outliers/ejection.ts'

const TIMES = { intervalMs: 10_000, baseMs: 30_000, maxMs: 100_000 }

test('lasts longer each time, and no longer than its limit', () => {
  const ejection = new Ejection(TIMES)
  expect(ejection.active(0)).toBe(false)
  const spans: number[] = []
  for (let i = 0, nowMs = 0; i < 5; i++, nowMs = ejection.untilMs) {
    ejection.eject(nowMs)
    spans.push(ejection.untilMs - nowMs)
    expect(ejection.active(ejection.untilMs - 1)).toBe(true)
    expect(ejection.active(ejection.untilMs)).toBe(false)
  }
  expect(spans).toEqual([30_000, 60_000, 90_000, 100_000, 100_000])
})

// Ejected twice, at 5 s and at 35 s until 95 s: it is in at the end of the interval from 90 s to 100 s and after.
test.each([
  ['none over while it is out', 3, 8, 90_000],
  ['one', 3, 9, 60_000],
  ['one, told by itself', 9, 9, 60_000],
  ['two', 3, 10, 30_000],
  ['more than there are to forgive', 3, 99, 30_000],
])('forgives one ejection for every interval that the instance is in: %s', (_, first, last, nextMs) => {
  const ejection = new Ejection(TIMES)
  ejection.eject(5000)
  ejection.eject(35_000)
  ejection.forgive(first, last)
  ejection.eject(1_000_000)
  expect(ejection.untilMs).toBe(1_000_000 + nextMs)
})
