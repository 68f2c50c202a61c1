import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Breaker, type BreakerSettings } from '../../../src/routing/breakers/breaker.ts'
import { ConsecutiveFailures } from '../../../src/routing/breakers/trip-rule.ts'
import { NaiveBreaker } from './naive-breaker.ts'

const OPEN_MS = 5000

function breakerOf(failures: number, settings: Partial<BreakerSettings> = {}): Breaker {
  return new Breaker(new ConsecutiveFailures(failures), {
    openMs: OPEN_MS,
    growth: 'none',
    maxOpenMs: 12_000,
    trials: 1,
    ...settings,
  })
}

/** A request sent and answered at once, more or less. */
function request(breaker: Breaker, nowMs: number, failed: boolean): void {
  breaker.onStart(nowMs)
  if (breaker.onOutcome(nowMs, 0, failed)) breaker.open(nowMs)
}

describe('Breaker', () => {
  it('goes from closed to open to half-open to closed', () => {
    const breaker = breakerOf(2)
    const timeline: string[] = []
    const look = (nowMs: number) =>
      timeline.push(`${nowMs} ${breaker.state(nowMs)}${breaker.keepsOut(nowMs) ? ' out' : ''}`)
    request(breaker, 0, true)
    look(0)
    request(breaker, 100, true)
    for (const nowMs of [100, 5099, 5100]) look(nowMs)
    breaker.onStart(5200)
    look(5200)
    breaker.onOutcome(5300, 100, true)
    for (const nowMs of [5300, 10_299, 10_300]) look(nowMs)
    breaker.onStart(10_400)
    look(10_400)
    breaker.onOutcome(10_500, 100, false)
    look(10_500)
    expect(timeline).toEqual([
      '0 closed',
      '100 open out',
      '5099 open out',
      '5100 half-open',
      '5200 half-open out',
      '5300 open out',
      '10299 open out',
      '10300 half-open',
      '10400 half-open out',
      '10500 closed',
    ])
  })

  it.each([
    ['none', [5000, 5000, 5000, 5000]],
    ['linear', [5000, 10_000, 12_000, 12_000]],
    ['doubling', [5000, 10_000, 12_000, 12_000]],
  ])('stays open for longer, growth %s, and no longer than its limit', (growth, expected) => {
    const breaker = breakerOf(1, { growth })
    const spans: number[] = []
    let nowMs = 0
    for (let i = 0; i < 4; i++) {
      request(breaker, nowMs, true)
      let untilMs = nowMs
      while (breaker.state(untilMs) === 'open') untilMs += 500
      spans.push(untilMs - nowMs)
      nowMs = untilMs
    }
    expect(spans).toEqual(expected)
    request(breaker, nowMs, false)
    request(breaker, nowMs + 10, true)
    expect([nowMs + 5009, nowMs + 5010].map((ms) => breaker.state(ms))).toEqual(['open', 'half-open'])
  })

  it('lets so many trials in at once, and closes when all of them have succeeded', () => {
    const breaker = breakerOf(1, { trials: 3 })
    request(breaker, 0, true)
    const out: boolean[] = []
    for (const nowMs of [5000, 5001, 5002, 5003]) {
      out.push(breaker.keepsOut(nowMs))
      if (!breaker.keepsOut(nowMs)) breaker.onStart(nowMs)
    }
    expect(out).toEqual([false, false, false, true])
    breaker.onOutcome(5010, 10, false)
    breaker.onOutcome(5011, 10, false)
    expect(breaker.keepsOut(5011)).toBe(true)
    breaker.onOutcome(5012, 10, false)
    expect(breaker.state(5012)).toBe('closed')
  })

  it('does not take an answer from before it opened for a trial, nor for a reason to open again', () => {
    const breaker = breakerOf(1)
    for (let i = 0; i < 4; i++) breaker.onStart(0)
    if (breaker.onOutcome(10, 10, true)) breaker.open(10)
    breaker.onOutcome(6000, 6000, false)
    expect(breaker.state(6000)).toBe('half-open')
    breaker.onOutcome(6000, 6000, true)
    expect(breaker.state(6000)).toBe('half-open')
    request(breaker, 6000, false)
    expect(breaker.state(6000)).toBe('closed')
    expect(breaker.onOutcome(6001, 6001, true)).toBe(false)
  })

  // Where a request is timed from before it was sent, a trial can look older than it is.
  it('lets the next trial in after one whose time makes no sense', () => {
    const breaker = breakerOf(1)
    request(breaker, 0, true)
    breaker.onStart(5000)
    expect(breaker.keepsOut(5000)).toBe(true)
    breaker.onOutcome(5100, 200, false)
    expect(breaker.state(5100)).toBe('half-open')
    expect(breaker.keepsOut(5100)).toBe(false)
  })

  it('hears of answers to requests of which it was not told', () => {
    const breaker = breakerOf(2)
    breaker.onOutcome(0, 0, false)
    request(breaker, 10, true)
    request(breaker, 20, true)
    breaker.onOutcome(5020, 0, true)
    expect(breaker.state(5020)).toBe('open')
    breaker.onStart(10_020)
    expect(breaker.keepsOut(10_020)).toBe(true)
  })

  it('does what a naive one does', () => {
    const step = fc.record({
      afterMs: fc.nat(300).map((n) => n * 10),
      what: fc.constantFrom('send if let in', 'send', 'answer'),
      which: fc.nat(50),
      failed: fc.boolean(),
    })
    const growths = { none: () => 1, linear: (n: number) => n + 1, doubling: (n: number) => 2 ** n }
    fc.assert(
      fc.property(
        fc.array(step, { size: '+1' }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<keyof typeof growths>('none', 'linear', 'doubling'),
        (steps, failures, trials, growth) => {
          const openMs = 1000
          const maxOpenMs = 3000
          const breaker = breakerOf(failures, { openMs, growth, maxOpenMs, trials })
          const naive = new NaiveBreaker(failures, trials, (n) =>
            Math.min(growths[growth](n) * openMs, maxOpenMs),
          )
          let nowMs = 0
          for (const { afterMs, what, which, failed } of steps) {
            nowMs += afterMs
            if (what === 'answer' && naive.requests.length > 0) {
              const sentMs = naive.answer(which % naive.requests.length, nowMs, failed)
              if (breaker.onOutcome(nowMs, nowMs - sentMs, failed)) breaker.open(nowMs)
            } else if (what === 'send' || !naive.keepsOut(nowMs)) {
              naive.send(nowMs)
              breaker.onStart(nowMs)
            }
            expect(breaker.state(nowMs)).toBe(naive.state(nowMs))
            expect(breaker.keepsOut(nowMs)).toBe(naive.keepsOut(nowMs))
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
