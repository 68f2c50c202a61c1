import { describe, expect, it } from 'vitest'
import { RecentFailures } from '../../src/routing/recent-failures.ts'

describe('RecentFailures', () => {
  it('is 0 where nothing failed', () => {
    const failures = new RecentFailures()
    expect(failures.read(0)).toBe(0)
    for (let i = 0; i < 100; i++) failures.add(i, false)
    expect(failures.read(100)).toBe(0)
  })

  it('notices an outage within a few answers, and is not sure of one failure', () => {
    const failures = new RecentFailures()
    failures.add(0, true)
    expect(failures.read(0)).toBeCloseTo(1 / 3, 9)
    for (let i = 0; i < 8; i++) failures.add(1, true)
    expect(failures.read(1)).toBeCloseTo(9 / 11, 9)
  })

  it('gives another chance to an instance that nobody asks any more', () => {
    const failures = new RecentFailures()
    for (let i = 0; i < 10; i++) failures.add(i, true)
    const shares = [0, 10, 20, 30, 60].map((second) => failures.read(second * 1000))
    for (let i = 1; i < shares.length; i++) expect(shares[i]).toBeLessThan(shares[i - 1]!)
    expect(shares.at(-1)).toBeLessThan(0.02)
    failures.add(600_000, false)
    expect(failures.read(600_000)).toBe(0)
  })
})
