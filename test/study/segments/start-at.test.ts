import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import { parseStartAt, waitUntil } from '../../../src/study/segments/start-at.ts'

const NOON = Date.parse('2030-05-01T12:00:00Z')

describe('--start-at', () => {
  it('is a moment, in either notation', () => {
    expect(parseStartAt('2030-05-01T12:00:00Z', NOON - 60_000)).toBe(NOON)
    expect(parseStartAt('2030-05-01T14:00:00.500+02:00', NOON)).toBe(NOON + 500)
    expect(parseStartAt(String(NOON), NOON - 60_000)).toBe(NOON)
  })

  it('may have just gone by, and no more', () => {
    expect(parseStartAt(String(NOON), NOON + 999)).toBe(NOON)
    expect(() => parseStartAt(String(NOON), NOON + 1_000)).toThrow(/was 1 s ago by the clock of this machine/)
    expect(() => parseStartAt(String(NOON), NOON + 3_600_000)).toThrow(UsageError)
  })

  it('is not a week ahead, in seconds, or another moment on every machine', () => {
    expect(() => parseStartAt(String(NOON), NOON - 8 * 86_400_000)).toThrow(/more than a week ahead/)
    expect(() => parseStartAt(String(NOON / 1000), NOON)).toThrow(/are these seconds\?/)
    expect(() => parseStartAt('2030-05-01T12:00:00', NOON)).toThrow(/without a time zone/)
    for (const text of ['', 'now', '12:00', '2030-05-01', '2030-13-01T12:00:00Z']) {
      expect(() => parseStartAt(text, NOON), text).toThrow(/expected a moment with its time zone/)
    }
  })
})

describe('waiting for it', () => {
  it('ends when it has come, or when nobody wants it any more', async () => {
    const { signal } = new AbortController()
    const atMs = Date.now() + 30
    await waitUntil(atMs, signal)
    // Clocks of two kinds may differ by a fraction of a millisecond.
    expect(Date.now()).toBeGreaterThanOrEqual(atMs - 2)
    await waitUntil(0, signal)
    const stop = new AbortController()
    const waiting = waitUntil(Date.now() + 3_600_000, stop.signal)
    stop.abort()
    await waiting
  })
})
