/** Golden vectors: the numbers are worked out by hand from the laws as the files state them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AimdLimit } from '../../../src/routing/limits/aimd-limit.ts'
import type { ConcurrencyLimit, LimitRange } from '../../../src/routing/limits/concurrency-limit.ts'
import { EnvoyLimit } from '../../../src/routing/limits/envoy-limit.ts'
import { FixedLimit } from '../../../src/routing/limits/fixed-limit.ts'
import { Gradient2Limit } from '../../../src/routing/limits/gradient2-limit.ts'
import { SampleWindow } from '../../../src/routing/limits/sample-window.ts'
import { VegasLimit } from '../../../src/routing/limits/vegas-limit.ts'

const RANGE: LimitRange = { start: 20, least: 1, most: 200 }

describe('AIMD', () => {
  it('adds one when half of the limit is used, and takes a tenth off for a drop or more than 5 s', () => {
    const limit = new AimdLimit(RANGE, 5000)
    const steps: [() => void, number][] = [
      [() => limit.onSuccess(10, 9), 20],
      [() => limit.onSuccess(10, 10), 21],
      [() => limit.onDrop(), 18],
      [() => limit.onSuccess(5000, 18), 19],
      [() => limit.onSuccess(5000.001, 19), 17],
      [() => limit.onDrop(), 15],
      [() => limit.onDrop(), 13],
    ]
    for (const [step, expected] of steps) {
      step()
      expect(limit.limit).toBe(expected)
    }
  })
})

describe('Gradient2', () => {
  it('grows by 0.2 x 4 while the latency stays, and the limit is used', () => {
    const limit = new Gradient2Limit(RANGE)
    limit.update(50, 9.9)
    expect(limit.limit).toBe(20)
    limit.update(50, 20)
    expect(limit.limit).toBeCloseTo(20.8, 12)
    limit.update(50, 20)
    expect(limit.limit).toBeCloseTo(21.6, 12)
  })

  it('shrinks by the gradient when the latency grows: twice the mean of the two', () => {
    const limit = new Gradient2Limit(RANGE)
    limit.update(50, 0)
    // long = (50 + 350) / 2 = 200; g = 1.5 x 200 / 350 = 6/7; 20 x 0.8 + 0.2 (20 x 6/7 + 4)
    limit.update(350, 20)
    expect(limit.limit).toBeCloseTo(16 + 0.2 * ((20 * 6) / 7 + 4), 12)
  })

  it('halves at most: g is at least 0.5', () => {
    const limit = new Gradient2Limit(RANGE)
    for (let i = 0; i < 10; i++) limit.update(10, 0)
    // From the 11th sample on, 2 / 601 of the way: long = 10 + 990 x 2 / 601 = 13.29; g = 1.5 x 13.29 / 1000.
    limit.update(1000, 20)
    expect(limit.limit).toBeCloseTo(16 + 0.2 * (20 * 0.5 + 4), 12)
  })

  it('leaves an average that is more than twice the latency of now, by a twentieth each time', () => {
    const [lagging, fresh] = [new Gradient2Limit(RANGE), new Gradient2Limit(RANGE)]
    for (let i = 0; i < 10; i++) lagging.update(1000, 0)
    let longMs = 1000
    for (let i = 0; i < 30; i++) {
      lagging.update(100, 0)
      longMs += ((100 - longMs) * 2) / 601
      if (longMs / 100 > 2) longMs *= 0.95
    }
    expect(longMs).toBeGreaterThan(199)
    expect(longMs).toBeLessThan(215)
    // At 300 ms: g = 1.5 long / 300, which the average of 100 ms alone would make 0.5.
    lagging.update(300, 20)
    longMs += ((300 - longMs) * 2) / 601
    expect(lagging.limit).toBeCloseTo(16 + 0.2 * (20 * Math.min(1, (1.5 * longMs) / 300) + 4), 10)
    expect(fresh.limit).toBe(20)
  })
})

describe('Vegas', () => {
  it('moves by log10 of the limit with the queue that it infers', () => {
    const limit = new VegasLimit({ ...RANGE, most: 1000 }, 1)
    // Each is far from the 300 samples after which the least latency is forgotten at the earliest.
    const steps: [latencyMs: number, inFlight: number, dropped: boolean, limit: number][] = [
      [100, 20, false, 20], // the least so far
      [90, 20, false, 20], // less still
      [90, 9, false, 20], // not used
      [90, 10, false, 26], // queue 0: + 6
      [93, 26, false, 32], // queue ceil(26 x 3 / 93) = 1: + 6
      [95, 32, false, 33], // queue ceil(32 x 5 / 95) = 2 < 3: + 1
      [100, 33, false, 33], // queue ceil(3.3) = 4: between 3 and 6
      [120, 33, false, 32], // queue ceil(8.25) = 9 > 6: - 1
      [90, 0, true, 31], // a drop, used or not
    ]
    for (const [i, [latencyMs, inFlight, dropped, expected]] of steps.entries()) {
      limit.update(latencyMs, inFlight, dropped)
      expect([i, limit.limit]).toEqual([i, expected])
    }
  })

  it('moves twice as far from 100 on', () => {
    const limit = new VegasLimit({ start: 100, least: 1, most: 1000 }, 1)
    limit.update(100, 100, false)
    limit.update(100, 100, false) // queue 0 <= 2
    expect(limit.limit).toBe(112)
    limit.update(200, 112, false) // queue 56 > 12
    expect(limit.limit).toBe(110)
  })

  it('forgets the least latency after 15 to 30 times the limit, not all instances at once', () => {
    /** Whether 10 ms is forgotten after so many samples of 1 s: if it is, those 1 s are no queue. */
    const forgets = (key: number, samples: number) => {
      const limit = new VegasLimit(RANGE, key)
      limit.update(10, 0, false)
      for (let i = 1; i < samples; i++) limit.update(1000, 0, false)
      limit.update(1000, 20, false)
      return limit.limit > 20
    }
    const after = [1, 2, 3, 4].map((key) => {
      let samples = 290
      while (!forgets(key, samples)) samples++
      return samples
    })
    expect(new Set(after).size).toBe(4)
    expect(Math.min(...after)).toBeGreaterThanOrEqual(300)
    expect(Math.max(...after)).toBeLessThanOrEqual(601)
  })
})

describe('Envoy', () => {
  const range: LimitRange = { start: 20, least: 1, most: 1000 }

  /** An instance that answers in `latencyMs`, every `gapMs`. */
  function feed(limit: EnvoyLimit, latencyMs: number, answers: number, fromMs: number, gapMs = 1): number {
    for (let i = 1; i <= answers; i++) limit.onSuccess(latencyMs, 1, fromMs + i * gapMs)
    return fromMs + answers * gapMs
  }

  it('takes the median of the first 50 for idle, and follows the gradient from then on', () => {
    const limit = new EnvoyLimit(range, 1)
    expect(limit.limit).toBe(20)
    let nowMs = feed(limit, 10, 50, 0)
    expect(limit.limit).toBe(20)
    // g = 1.25 x 10 / 25 = 0.5: 10 + sqrt(10)
    nowMs = feed(limit, 25, 100, nowMs)
    expect(limit.limit).toBeCloseTo(10 + Math.sqrt(10), 10)
    // g = 1.25 x 10 / 10 = 1.25
    const scaled = (10 + Math.sqrt(10)) * 1.25
    nowMs = feed(limit, 10, 100, nowMs)
    expect(limit.limit).toBeCloseTo(scaled + Math.sqrt(scaled), 10)
  })

  it('g is from 0.5 to 2, and the limit never below 3', () => {
    const limit = new EnvoyLimit(range, 1)
    let nowMs = feed(limit, 10, 50, 0)
    nowMs = feed(limit, 1, 100, nowMs)
    expect(limit.limit).toBeCloseTo(40 + Math.sqrt(40), 10)
    for (let i = 0; i < 20; i++) nowMs = feed(limit, 10_000, 100, nowMs)
    // l = l / 2 + sqrt(l / 2) has its fixed point at 2
    expect(limit.limit).toBe(3)
  })

  it('measures again in the first minute, at 3 requests at a time, and goes back to where it was', () => {
    const limit = new EnvoyLimit(range, 7)
    let nowMs = feed(limit, 10, 50, 0)
    let before = limit.limit
    while (limit.limit !== 3) {
      before = limit.limit
      nowMs = feed(limit, 12.5, 1, nowMs, 10)
    }
    expect(nowMs).toBeLessThan(60_000 + 100)
    feed(limit, 20, 49, nowMs)
    expect(limit.limit).toBe(3)
    nowMs = feed(limit, 20, 1, nowMs + 49)
    expect(limit.limit).toBe(before)
  })
})

it('a window says something after 1 s, with 10 successes', () => {
  const window = new SampleWindow()
  for (let i = 0; i < 9; i++) expect(window.onSuccess(100, 3, i)).toBe(false)
  expect(window.onDrop(7, 500)).toBe(false)
  expect(window.onSuccess(200, 3, 1000)).toBe(false)
  expect(window.onSuccess(300, 2, 1000.1)).toBe(true)
  expect(window).toMatchObject({ inFlight: 7, dropped: true })
  expect(window.latencyMs).toBeCloseTo((9 * 100 + 200 + 300) / 11, 12)
  for (let i = 0; i < 8; i++) expect(window.onSuccess(100, 1, 1500)).toBe(false)
  expect(window.onSuccess(100, 1, 2100)).toBe(false)
  for (let i = 0; i < 9; i++) window.onSuccess(100, 1, 2200)
  expect(window.onSuccess(100, 1, 3200)).toBe(true)
  expect(window).toMatchObject({ inFlight: 1, dropped: false })
})

it('a fixed limit stays', () => {
  const limit: ConcurrencyLimit = new FixedLimit(3)
  limit.onDrop(1, 1)
  limit.onSuccess(1, 1, 1)
  expect(limit.limit).toBe(3)
})

const LAWS: [string, (range: LimitRange) => ConcurrencyLimit][] = [
  ['aimd', (range) => new AimdLimit(range, 5000)],
  ['gradient2', (range) => new Gradient2Limit(range)],
  ['vegas', (range) => new VegasLimit(range, 3)],
  ['envoy', (range) => new EnvoyLimit(range, 3)],
]

it.each(LAWS)('%s stays within its range whatever it hears', (_, lawOf) => {
  const answer = fc.record({
    latencyMs: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    inFlight: fc.integer({ min: 1, max: 300 }),
    afterMs: fc.integer({ min: 0, max: 900 }),
    failed: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 300, size: 'max' }), (answers) => {
      const limit = lawOf({ start: 20, least: 3, most: 60 })
      let nowMs = 0
      for (const { latencyMs, inFlight, afterMs, failed } of answers) {
        nowMs += afterMs
        if (failed) limit.onDrop(inFlight, nowMs)
        else limit.onSuccess(latencyMs, inFlight, nowMs)
        if (!(limit.limit >= 3 && limit.limit <= 60)) throw new Error(`limit ${limit.limit}`)
      }
    }),
  )
})
