import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RetryBudget } from '../../src/traffic/retry-budget.ts'

/** How many of `wanted` retries it grants at that time. */
function granted(budget: RetryBudget, wanted: number, nowMs: number): number {
  return Array.from({ length: wanted }, () => budget.spend(nowMs)).filter(Boolean).length
}

it('grants ten per second of its window to whoever makes no requests', () => {
  expect(granted(new RetryBudget(0.2), 1000, 0)).toBe(100)
})

it('grants its share of the requests of the last ten seconds on top', () => {
  const budget = new RetryBudget(0.5)
  for (let i = 0; i < 200; i++) budget.onRequest(i * 10)
  expect(granted(budget, 1000, 2000)).toBe(200)
})

it('forgets requests and retries after ten seconds', () => {
  const budget = new RetryBudget(1)
  for (let i = 0; i < 50; i++) budget.onRequest(0)
  expect(granted(budget, 1000, 0)).toBe(150)
  expect(granted(budget, 1000, 9999)).toBe(0)
  expect(granted(budget, 1000, 10_000)).toBe(100)
})

it('never grants more within ten seconds than it may, whatever is asked for when', () => {
  const anyStep = fc.record({ afterMs: fc.nat(3000), requests: fc.nat(40), retries: fc.nat(200) })
  fc.assert(
    fc.property(fc.array(anyStep), fc.double({ min: 0, max: 2, noNaN: true }), (steps, share) => {
      const budget = new RetryBudget(share)
      const told: { second: number; requests: number; retries: number }[] = []
      let nowMs = 0
      for (const { afterMs, requests, retries } of steps) {
        nowMs += afterMs
        for (let i = 0; i < requests; i++) budget.onRequest(nowMs)
        const second = Math.floor(nowMs / 1000)
        told.push({ second, requests, retries: granted(budget, retries, nowMs) })
        const recent = told.filter((entry) => entry.second > second - 10)
        const sum = (of: 'requests' | 'retries') => recent.reduce((total, entry) => total + entry[of], 0)
        expect(sum('retries')).toBeLessThanOrEqual(
          Math.max(share * sum('requests') + 100, most(told, second)),
        )
      }
    }),
  )

  /** What was granted earlier in the window stays granted, though the requests that paid for it have left it. */
  function most(told: readonly { second: number; retries: number }[], second: number): number {
    const earlier = told.slice(0, -1).filter((entry) => entry.second > second - 10)
    return earlier.reduce((total, entry) => total + entry.retries, 0)
  }
})
