import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Executor, peakUsers } from '../../src/scenario/index.ts'

const STEADY = { users: 0, thinkTime: 0, actions: 0 }

function held(startMs: number, durationMs: number, users: number, varied = 0) {
  const executor: Executor = { kind: 'constant-users', users, rampUpMs: 0 }
  return { startMs, durationMs, executor, gracefulStopMs: null, variability: { ...STEADY, users: varied } }
}

it('adds phases that overlap, and not those that only touch', () => {
  const touching = [held(0, 10, 3), held(10, 10, 4)]
  expect(peakUsers(touching)).toBe(4)
  expect(peakUsers([...touching, held(9, 2, 5)])).toBe(9)
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
      expect(
        peakUsers(phases.map(({ startMs, durationMs, users }) => held(startMs, durationMs, users))),
      ).toBe(Math.max(...sums))
    }),
  )
})

it.each([
  [10, 0.1, 11],
  [10, 0.25, 13],
  [3, 1, 6],
  [120, 0.4, 168],
])('takes a phase of %d users that varies by %d at its most, %d', (users, varied, most) => {
  expect(peakUsers([held(0, 1, users, varied)])).toBe(most)
})
