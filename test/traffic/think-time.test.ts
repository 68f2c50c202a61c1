import { expect, it } from 'vitest'
import { runSession } from './session-run.ts'

const PAGES = 3000

/** Pauses in seconds of a session of many pages, with think times from 2 to 4 s. */
function pausesOf(thinkTime: number): number[] {
  const { pausesMs } = runSession({
    behavior: { pagesPerSession: [PAGES, PAGES], sessionMinutes: [1e6, 1e6], thinkTimeSeconds: [2, 4] },
    phase: { variability: { users: 0, thinkTime, actions: 0 } },
  })
  return pausesMs.map((ms) => ms / 1000)
}

it.each([
  [0, 2, 4],
  [0.5, 1, 6],
  [1, 0, 8],
])('think times that vary by %d are from %d to %d seconds', (thinkTime, low, high) => {
  const pauses = pausesOf(thinkTime)
  expect(pauses).toHaveLength(PAGES)
  const margin = (high - low) / 100
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(low)
  expect(Math.min(...pauses)).toBeLessThan(low + margin)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(high)
  expect(Math.max(...pauses)).toBeGreaterThan(high - margin)
  const mean = pauses.reduce((sum, pause) => sum + pause) / PAGES
  expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((4 * (high - low)) / Math.sqrt(12 * PAGES))
})
