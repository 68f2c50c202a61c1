import fc from 'fast-check'
import { expect, it } from 'vitest'
import { peakUsers } from '../../src/scenario/index.ts'

it('adds phases that overlap, and not those that only touch', () => {
  const touching = [
    { startMs: 0, durationMs: 10, users: 3 },
    { startMs: 10, durationMs: 10, users: 4 },
  ]
  expect(peakUsers(touching)).toBe(4)
  expect(peakUsers([...touching, { startMs: 9, durationMs: 2, users: 5 }])).toBe(9)
})

it('is the largest sum at any time', () => {
  const phase = fc.record({
    startMs: fc.nat(20),
    durationMs: fc.integer({ min: 1, max: 20 }),
    users: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.array(phase, { minLength: 1, maxLength: 6 }), (phases) => {
      const sums = Array.from({ length: 40 }, (_, ms) =>
        phases
          .filter(({ startMs, durationMs }) => startMs <= ms && ms < startMs + durationMs)
          .reduce((sum, { users }) => sum + users, 0),
      )
      expect(peakUsers(phases)).toBe(Math.max(...sums))
    }),
  )
})
