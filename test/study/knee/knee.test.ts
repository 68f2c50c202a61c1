import { describe, expect, it } from 'vitest'
import {
  type KneeBracket,
  type KneeRepeat,
  kneeOf,
  parseThreshold,
  type RateTry,
} from '../../../src/study/index.ts'
import { searchable } from '../../../src/study/knee/try-rate.ts'
import { madeTry } from './made-knee.ts'

function bracket(kind: KneeBracket['kind'], holds: number | null, breaks: number | null): KneeBracket {
  return { kind, holds, breaks, mixed: false }
}

function repeat(own: KneeBracket | null, tries: readonly RateTry[] = []): KneeRepeat {
  return { seed: 1, bracket: own, tries }
}

describe('what several searches come to', () => {
  it('is the mean of their middles, with an interval that holds what each left open', () => {
    const { knee, holdsUpTo, breaksFrom } = kneeOf([
      repeat(bracket('found', 100, 104)),
      repeat(bracket('found', 96, 100)),
      repeat(bracket('found', 104, 108)),
    ])
    expect(knee!.mean).toBeCloseTo((Math.sqrt(10_400) + Math.sqrt(9600) + Math.sqrt(104 * 108)) / 3, 9)
    // Student's t with 2 degrees of freedom: 4.303 standard errors of 4 / sqrt(3).
    expect(knee!.low).toBeCloseTo(100 - (4.3027 * 4) / Math.sqrt(3), 2)
    expect(knee!.high).toBeCloseTo(104 + (4.3027 * 4) / Math.sqrt(3), 2)
    expect([holdsUpTo, breaksFrom]).toEqual([96, 108])
  })

  it('is no narrower than a bracket where all found the same', () => {
    const same = repeat(bracket('found', 20, 21))
    expect(kneeOf([same, same, same]).knee).toMatchObject({ low: 20, high: 21 })
    expect(kneeOf([same]).knee).toMatchObject({ low: 20, high: 21 })
  })

  it.each<readonly [string, KneeRepeat]>([
    ['never broke', repeat(bracket('holds-throughout', 64, null))],
    ['never held', repeat(bracket('breaks-throughout', null, 1))],
    ['was ended by the generator', repeat(bracket('generator', 30, 32))],
    ['was interrupted', repeat(null)],
  ])('is no number where one of them %s', (_, other) => {
    expect(kneeOf([repeat(bracket('found', 20, 21)), other]).knee).toBeNull()
  })

  it('keeps the bounds that all of them know', () => {
    const found = repeat(bracket('found', 20, 21))
    expect(kneeOf([found, repeat(bracket('holds-throughout', 64, null))])).toMatchObject({
      holdsUpTo: 20,
      breaksFrom: null,
    })
    expect(kneeOf([found, repeat(bracket('breaks-throughout', null, 1))])).toMatchObject({
      holdsUpTo: null,
      breaksFrom: 21,
    })
    expect(kneeOf([repeat(null)])).toMatchObject({ knee: null, holdsUpTo: null, breaksFrom: null })
  })

  it('has a row for every rate, with what broke and how often', () => {
    const { rates, unmeasured } = kneeOf([
      repeat(bracket('found', 8, 16), [madeTry(8, 'holds', 100), madeTry(16, 'breaks', 700)]),
      repeat(bracket('found', 16, 32), [madeTry(16, 'holds', 300), madeTry(32, 'saturated', 900)]),
    ])
    expect(
      rates.map(({ sessionsPerSecond, tries, holdShare, saturated, p95LatencyMs, broken }) => ({
        sessionsPerSecond,
        tries,
        holdShare,
        saturated,
        p95LatencyMs,
        broken,
      })),
    ).toEqual([
      { sessionsPerSecond: 8, tries: 1, holdShare: 1, saturated: 0, p95LatencyMs: 100, broken: {} },
      {
        sessionsPerSecond: 16,
        tries: 2,
        holdShare: 0.5,
        saturated: 0,
        p95LatencyMs: 500,
        broken: { 'p95LatencyMs < 500': 1 },
      },
      {
        sessionsPerSecond: 32,
        tries: 1,
        holdShare: 0,
        saturated: 1,
        p95LatencyMs: 900,
        broken: { 'the event loop was late': 1 },
      },
    ])
    expect(unmeasured).toEqual(['p99LatencyMs{action:order}'])
  })
})

describe('thresholds', () => {
  it('that a low rate breaks by itself are left aside', () => {
    const texts = [
      'p95LatencyMs < 500',
      'requestsPerSecond >= 50',
      'requests > 10',
      'requestsPerSecond < 90',
      'checkRate >= 0.99',
      'count(orders) > 3',
      'requests {action:order} > 5',
    ]
    const { kept, leftOut } = searchable(texts.map(parseThreshold))
    expect(kept.map(({ metric }) => metric)).toEqual(['p95LatencyMs', 'requestsPerSecond', 'checkRate'])
    expect(leftOut.map(({ metric }) => metric)).toEqual([
      'requestsPerSecond',
      'requests',
      'count(orders)',
      'requests {action:order}',
    ])
  })

  it('are read from one line', () => {
    expect(parseThreshold(' p99.5LatencyMs{action:search, kind:read}<=1.5 ')).toEqual({
      metric: 'p99.5LatencyMs{action:search, kind:read}',
      operator: '<=',
      limit: 1.5,
    })
    expect(() => parseThreshold('p95LatencyMs = 5')).toThrow(/--threshold: expected a limit such as/)
    expect(() => parseThreshold('p95Latency < 5')).toThrow(
      /unknown metric "p95Latency" \(did you mean "p95LatencyMs"\?\)/,
    )
  })
})
