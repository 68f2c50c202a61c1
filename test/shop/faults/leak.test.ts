import { expect, it } from 'vitest'
import { changesOf } from './changes-of.ts'

it('takes memory and speed away evenly over the window, and gives both back at its end', () => {
  const changes = changesOf('leak', { parameters: { memory: 0.5, slowest: 0.2 } })
  expect(changes[0]).toEqual({ atMs: 1000, effect: { speed: 1, leakedMemory: 0 } })
  const half = changes.find(({ atMs }) => Math.abs(atMs - 31_000) < 1)!.effect!
  expect(half.speed).toBeCloseTo(0.6, 9)
  expect(half.leakedMemory).toBeCloseTo(0.25, 9)
  const last = changes.at(-2)!.effect!
  expect(last.speed).toBeLessThan(0.22)
  expect(last.leakedMemory).toBeGreaterThan(0.48)
  expect(changes.at(-1)).toEqual({ atMs: 61_000, effect: undefined })
})
