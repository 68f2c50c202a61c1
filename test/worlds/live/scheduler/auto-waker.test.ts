/** When the helper thread is used, and when the timer: by how much there is to do. */
import { expect, it } from 'vitest'
import {
  AutoWaker,
  THREAD_BELOW_PER_SECOND,
  THREAD_FROM_ALARMS,
  TIMER_FROM_PER_SECOND,
} from '../../../../src/worlds/live/scheduler/auto-waker.ts'
import type { Waker } from '../../../../src/worlds/live/scheduler/waker.ts'

/** Wakers that only remember their alarms, and a clock that is set by hand. */
function world() {
  let nowMs = 0
  const alarms = { fine: Number.POSITIVE_INFINITY, coarse: Number.POSITIVE_INFINITY }
  const made: string[] = []
  const closed: string[] = []
  const wakerOf = (name: keyof typeof alarms) => (): Waker => {
    made.push(name)
    return {
      trouble: null,
      set: (atMs) => {
        alarms[name] = atMs
      },
      close: () => closed.push(name),
    }
  }
  const waker = new AutoWaker(
    () => nowMs,
    () => {},
    wakerOf('fine'),
    wakerOf('coarse'),
  )
  return {
    made,
    closed,
    waker,
    /** Goes on for so long, with so many things due per second; returns who wakes for the next. */
    spend(seconds: number, perSecond: number): keyof typeof alarms {
      const steps = seconds * 10
      for (let i = 0; i < steps; i++) {
        nowMs += 100
        waker.set(nowMs + 1, perSecond / 10)
      }
      const { fine, coarse } = alarms
      expect([fine, coarse].filter((atMs) => atMs === nowMs + 1)).toHaveLength(1)
      expect([fine, coarse].filter((atMs) => atMs === Number.POSITIVE_INFINITY)).toHaveLength(1)
      return fine === nowMs + 1 ? 'fine' : 'coarse'
    },
  }
}

it('needs no thread for a run with hardly anything to do', () => {
  const { made, spend, waker, closed } = world()
  expect(spend(0.4, 10)).toBe('coarse')
  expect(made).toEqual(['coarse'])
  waker.close()
  expect(closed).toEqual(['coarse'])
})

it('is on time while alarms are few', () => {
  const { made, spend, waker, closed } = world()
  waker.set(1, THREAD_FROM_ALARMS)
  expect(spend(5, 500)).toBe('fine')
  expect(spend(5, TIMER_FROM_PER_SECOND - 100)).toBe('fine')
  expect(made).toEqual(['coarse', 'fine'])
  waker.close()
  expect(closed).toEqual(['fine', 'coarse'])
})

it('saves alarms when they are many, and does not go to and fro in between', () => {
  const { spend } = world()
  expect(spend(2, 500)).toBe('fine')
  expect(spend(2, TIMER_FROM_PER_SECOND * 2)).toBe('coarse')
  expect(spend(10, (TIMER_FROM_PER_SECOND + THREAD_BELOW_PER_SECOND) / 2)).toBe('coarse')
  expect(spend(3, THREAD_BELOW_PER_SECOND - 100)).toBe('fine')
  expect(spend(10, (TIMER_FROM_PER_SECOND + THREAD_BELOW_PER_SECOND) / 2)).toBe('fine')
})

it('needs no whole second to see that there is very much to do', () => {
  const { spend } = world()
  expect(spend(1, 100)).toBe('fine')
  expect(spend(0.2, 100_000)).toBe('coarse')
})
