import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { MAX_TIMER_MS, Timers } from '../../../src/worlds/live/timers.ts'

it.each([MAX_TIMER_MS + 1, 1e12, Number.POSITIVE_INFINITY])('does not mistake %d ms for none', async (ms) => {
  const timers = new Timers()
  let fired = 0
  timers.after(ms, () => fired++)
  timers.after(5, () => fired++)
  await delay(30)
  timers.cancelAll()
  expect(fired).toBe(1)
})

it('cancels one, or all that are left', async () => {
  const timers = new Timers()
  const fired: string[] = []
  const first = timers.after(5, () => fired.push('cancelled'))
  timers.after(5, () => {
    fired.push('on time')
    // Set by one that fires: it is among those that are left.
    timers.after(50, () => fired.push('too late'))
  })
  timers.cancel(first)
  while (fired.length === 0) await delay(5)
  timers.cancel(first)
  timers.cancelAll()
  await delay(100)
  expect(fired).toEqual(['on time'])
})
