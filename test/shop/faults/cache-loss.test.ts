import { expect, it } from 'vitest'
import { changesOf } from './changes-of.ts'

it('makes every request as dear as a miss at first, and fewer ever after', () => {
  const changes = changesOf('cache-loss', {
    endMs: 601_000,
    parameters: { missFactor: 5, refillSeconds: 10 },
  })
  expect(changes[0]).toEqual({ atMs: 1000, effect: { speed: 0.2 } })
  const speeds = changes.slice(0, -1).map(({ effect }) => effect!.speed!)
  expect(speeds).toEqual(speeds.toSorted((a, b) => a - b))
  // After one time constant, 1/e of the requests still miss.
  const later = changes.find(({ atMs }) => Math.abs(atMs - 11_000) < 1)!.effect!.speed!
  expect(1 / later).toBeCloseTo(1 + 4 / Math.E, 6)
})

it('is over when hardly anything misses any more, or when its window is', () => {
  const parameters = { refillSeconds: 10 }
  expect(changesOf('cache-loss', { endMs: 601_000, parameters }).at(-1)!.atMs).toBe(81_000)
  expect(changesOf('cache-loss', { endMs: 21_000, parameters }).at(-1)!.atMs).toBe(21_000)
})
