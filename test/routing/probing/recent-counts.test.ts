import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RecentCounts } from '../../../src/routing/probing/recent-counts.ts'

it('knows no quantile of nothing', () => {
  expect(new RecentCounts(3).quantile(0.5)).toBeNaN()
})

it('gives the lower quantile of the last counts', () => {
  const counts = fc.array(fc.oneof(fc.nat(20), fc.nat(4095)), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (told, q) => {
      const recent = new RecentCounts(8)
      for (const count of told) recent.add(count)
      const last = told.slice(-8).toSorted((a, b) => a - b)
      expect(recent.quantile(q)).toBe(last[Math.floor(q * (last.length - 1))])
    }),
  )
})

it('does not tell very large counts apart', () => {
  const recent = new RecentCounts(2)
  recent.add(1_000_000)
  recent.add(-1)
  expect([recent.quantile(0), recent.quantile(1)]).toEqual([0, 4095])
})
