import { expect, it } from 'vitest'
import { changesOf } from './changes-of.ts'

it('is down for the window, then gains speed in ten equal steps', () => {
  const changes = changesOf('crash', { parameters: { warmUpSeconds: 20, warmUpSpeed: 0.2 } })
  expect(changes[0]).toEqual({ atMs: 1000, effect: { down: true } })
  expect(changes[1]).toEqual({ atMs: 61_000, effect: { speed: 0.2 } })
  expect(changes.at(-1)).toEqual({ atMs: 81_000, effect: undefined })
  const warming = changes.slice(1, -1)
  expect(warming.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 10 }, (_, i) => 61_000 + 2000 * i))
  for (const [i, { effect }] of warming.entries()) expect(effect!.speed).toBeCloseTo(0.2 + 0.08 * i, 12)
})

it('without a warm-up is as fast as ever at once', () => {
  expect(changesOf('crash', { parameters: { warmUpSeconds: 0 } })).toEqual([
    { atMs: 1000, effect: { down: true } },
    { atMs: 61_000, effect: undefined },
  ])
})
