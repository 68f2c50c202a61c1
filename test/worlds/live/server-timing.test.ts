import { expect, it } from 'vitest'
import { serverTiming } from '../../../src/worlds/live/server-timing.ts'

it.each([
  ['queue;dur=1.250, work;dur=30.000, depth;desc=4', [1.25, 30, 4]],
  ['work;dur=7', [Number.NaN, 7, Number.NaN]],
  ['prequeue;dur=1, network;dur=3', [Number.NaN, Number.NaN, Number.NaN]],
  ['', [Number.NaN, Number.NaN, Number.NaN]],
  [undefined, [Number.NaN, Number.NaN, Number.NaN]],
])('%s', (header, [queueMs, workMs, queueDepth]) => {
  expect(serverTiming(header)).toEqual({ queueMs, workMs, queueDepth })
})
