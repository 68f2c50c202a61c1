import { describe, expect, it } from 'vitest'
import { redisUrl, type SplitArgs, splitOf } from '../../src/cli/split-run.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { smallScenario } from '../shop/small-scenario.ts'

const LIVE: Scenario = { ...smallScenario, world: 'live' }
const VIRTUAL: Scenario = { ...smallScenario, world: 'virtual' }
const target = 'http://127.0.0.1:8080/proxy'

function split(args: Partial<SplitArgs>, scenario = LIVE) {
  return splitOf({ distributed: false, ...args }, scenario)
}

describe('how a run is shared out', () => {
  it('is not at all, if nobody says so', () => {
    expect(split({})).toEqual({ share: {} })
    expect(split({ target })).toEqual({ share: {} })
  })

  it('is by segments, which in the live world need one target for all', () => {
    expect(split({ segment: '2/4' }, VIRTUAL)).toEqual({ share: { segment: { index: 1, count: 4 } } })
    expect(split({ segment: '2/4', target }).share?.segment).toEqual({ index: 1, count: 4 })
    expect(() => split({ segment: '2/4' })).toThrow(/--segment needs --target URL.*"loadgen target"/)
    expect(() => split({ distributed: true })).toThrow(/--distributed needs --target URL/)
  })

  it('begins at a common moment where there is one', () => {
    const startAt = new Date(Date.now() + 60_000).toISOString()
    expect(split({ segment: '1/2', startAt, target }).share?.startEpochMs).toBe(Date.parse(startAt))
    expect(() => split({ startAt }, VIRTUAL)).toThrow(/a virtual world has a clock of its own/)
    expect(() => split({ startAt })).toThrow(/send to one --target/)
    expect(() => split({ startAt, target, distributed: true })).toThrow(/begin together without it/)
  })

  it('is by processes in the live world only, and says what there is instead', () => {
    expect(split({ processes: 4 }).processes).toBe(4)
    expect(() => split({ processes: 4 }, VIRTUAL)).toThrow(/one queue of events.*--jobs/)
    expect(split({ processes: 1 }, VIRTUAL).processes).toBe(1)
    for (const processes of [0, 1.5, Number.NaN, 1000]) {
      expect(() => split({ processes })).toThrow(/--processes: expected a whole number from 1 to 256/)
    }
  })

  it('is in one way only', () => {
    expect(() => split({ segment: '1/2', processes: 2, target })).toThrow(/^--segment and --processes: /)
    expect(() => split({ distributed: true, processes: 2, segment: '1/2', target })).toThrow(
      /^--segment and --processes and --distributed: /,
    )
    expect(() => split({ redis: 'redis://127.0.0.1' })).toThrow(/--redis is for --distributed/)
    expect(() => split({ segments: 3 })).toThrow(/--segments is for --distributed.*--segment 2\/4/)
    expect(() => split({ segments: 0, distributed: true, target })).toThrow(/--segments: expected/)
  })
})

describe('where Redis is', () => {
  it('is said by the option, or by the environment', () => {
    expect(redisUrl('redis://a', { LOADGEN_REDIS: 'redis://b' })).toBe('redis://a')
    expect(redisUrl(undefined, { LOADGEN_REDIS: 'redis://b' })).toBe('redis://b')
    expect(() => redisUrl(undefined, {})).toThrow(/--redis redis:\/\/HOST:6379, or .* LOADGEN_REDIS/)
  })
})
