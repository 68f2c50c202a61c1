import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerWindow } from '../../src/stats/answer-window.ts'

function read(window: AnswerWindow, nowMs: number) {
  window.roll(nowMs)
  const { answers, ratePerSecond, failureRate, meanSuccessMs } = window
  return { answers, ratePerSecond, failureRate, meanSuccessMs }
}

const NOTHING = { answers: 0, ratePerSecond: 0, failureRate: Number.NaN, meanSuccessMs: Number.NaN }

describe('AnswerWindow', () => {
  it('knows nothing before the first answer', () => {
    expect(read(new AnswerWindow(60), 0)).toEqual(NOTHING)
  })

  it('counts, and averages the successes only', () => {
    const window = new AnswerWindow(60)
    window.add(100, 20, false)
    window.add(900, 40, false)
    window.add(5000, 9999, true)
    expect(read(window, 5000)).toEqual({
      answers: 3,
      ratePerSecond: 3 / 60,
      failureRate: 1 / 3,
      meanSuccessMs: 30,
    })
  })

  it('has no mean where all failed', () => {
    const window = new AnswerWindow(10)
    window.add(0, 5, true)
    expect(read(window, 0)).toMatchObject({ failureRate: 1, meanSuccessMs: Number.NaN })
  })

  // The window is made of whole seconds: the present one and the 59 before it.
  it.each([
    ['at the start of its second', 1000, 60_999, 61_000],
    ['at the end of its second', 1999, 60_999, 61_000],
    ['at the start of the run', 0, 59_999, 60_000],
  ])('an answer %s expires when its second is 60 s old', (_, atMs, lastMs, goneMs) => {
    const window = new AnswerWindow(60)
    window.add(atMs, 7, false)
    expect(read(window, lastMs)).toMatchObject({ answers: 1, meanSuccessMs: 7 })
    expect(read(window, goneMs)).toEqual(NOTHING)
  })

  it('is empty after any silence longer than the window', () => {
    const window = new AnswerWindow(3)
    for (const atMs of [0, 1000, 2000]) window.add(atMs, 0.1, false)
    expect(read(window, 7 * 3_600_000)).toEqual(NOTHING)
  })

  it('leaves no rest of a sum behind once its last success has gone', () => {
    const window = new AnswerWindow(2)
    for (let i = 0; i < 10_000; i++) window.add(i * 100, 0.1 * i, i % 3 === 0)
    window.roll(2e6)
    window.add(2e6, 5, false)
    expect(read(window, 2e6).meanSuccessMs).toBe(5)
  })

  it('does what a list of all answers does', () => {
    const answer = fc.record({
      afterMs: fc.oneof(fc.nat(300), fc.nat(5000)),
      latencyMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
      failed: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(answer, { size: 'large' }), (seconds, list) => {
        const window = new AnswerWindow(seconds)
        const all: { second: number; latencyMs: number; failed: boolean }[] = []
        let nowMs = 0
        for (const { afterMs, latencyMs, failed } of list) {
          nowMs += afterMs
          const second = Math.floor(nowMs / 1000)
          window.add(nowMs, latencyMs, failed)
          all.push({ second, latencyMs, failed })
          const within = all.filter((one) => one.second > second - seconds)
          const successes = within.filter((one) => !one.failed)
          const successMs = successes.reduce((sum, one) => sum + one.latencyMs, 0)
          expect(window.answers).toBe(within.length)
          expect(window.ratePerSecond).toBe(within.length / seconds)
          expect(window.failureRate).toBe((within.length - successes.length) / within.length)
          if (successes.length === 0) expect(window.meanSuccessMs).toBeNaN()
          else expect(window.meanSuccessMs).toBeCloseTo(successMs / successes.length, 6)
        }
      }),
    )
  })

  it('begins a second on its first instant and not a bit before', () => {
    const VALUE = new Float64Array(1)
    const BITS = new BigInt64Array(VALUE.buffer)
    for (let second = 1; second < 5000; second++) {
      VALUE[0] = second * 1000
      BITS[0]!--
      const window = new AnswerWindow(1)
      window.add((second - 1) * 1000, 5, false)
      window.roll(VALUE[0]!)
      expect(window.answers).toBe(1)
      window.roll(second * 1000)
      expect(window.answers).toBe(0)
    }
  })
})
