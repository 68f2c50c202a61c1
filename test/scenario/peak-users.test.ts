import fc from 'fast-check'
import { expect, it } from 'vitest'
import { peakUsers } from '../../src/scenario/index.ts'

const STEADY = { users: 0, thinkTime: 0, actions: 0 }

it('adds phases that overlap, and not those that only touch', () => {
  const touching = [
    { startMs: 0, durationMs: 10, users: 3, variability: STEADY },
    { startMs: 10, durationMs: 10, users: 4, variability: STEADY },
  ]
  expect(peakUsers(touching)).toBe(4)
  expect(peakUsers([...touching, { startMs: 9, durationMs: 2, users: 5, variability: STEADY }])).toBe(9)
})

it('is the largest sum at any time', () => {
  const phase = fc.record({
    startMs: fc.nat(20),
    durationMs: fc.integer({ min: 1, max: 20 }),
    users: fc.nat(9),
    variability: fc.constant(STEADY),
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

it.each([
  [10, 0.1, 11],
  [10, 0.25, 13],
  [3, 1, 6],
  [120, 0.4, 168],
])('takes a phase of %d users that varies by %d at its most, %d', (users, varied, most) => {
  expect(peakUsers([{ startMs: 0, durationMs: 1, users, variability: { ...STEADY, users: varied } }])).toBe(
    most,
  )
})
