/** Statistics of a run that were counted in several places, or kept and read again. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/core/index.ts'
import type { Fault } from '../../src/scenario/index.ts'
import { RunStatistics, type RunStatisticsJson } from '../../src/study/index.ts'
import type { FinishedRequest } from '../../src/worlds/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'
import { finishedRequest } from './finished-request.ts'

const RUN_MS = 120_000
const SCENARIO = {
  ...smallScenario,
  phases: [phaseOf({ durationMs: 60_000 }), phaseOf({ name: 'second', startMs: 60_000, durationMs: 60_000 })],
}
const FAULTS: readonly Fault[] = [
  {
    kind: 'crash',
    service: 'cart-service',
    instances: ['cart-service-1'],
    startMs: 20_000,
    durationMs: 30_000,
    parameters: { warmupSeconds: 5 },
  } as unknown as Fault,
]

/** What somebody may tell of a run, and who of three hears of it. */
interface Told {
  readonly by: number
  readonly tell: (statistics: RunStatistics) => void
}

const anyTime = fc.nat(1000 * RUN_MS).map((us) => us / 1000)

const anyRequest = fc
  .record({
    phase: fc.nat(1),
    intendedMs: anyTime,
    waitMs: fc.nat(5_000).map((us) => us / 1000),
    latencyMs: fc.nat(9_000_000).map((us) => us / 1000),
    action: fc.constantFrom('search', 'product', 'cartAdd'),
    status: fc.constantFrom(200, 404, 503),
    attempts: fc.integer({ min: 1, max: 3 }),
    mistake: fc.option(fc.constantFrom('unknownSku', 'emptyCartOrder')),
  })
  .map(({ intendedMs, waitMs, latencyMs, status, attempts, ...rest }): FinishedRequest => {
    const startMs = intendedMs + waitMs
    const expected = status === 200
    const failure = expected ? null : String(status)
    const times = { intendedMs, startMs, readyMs: startMs, endMs: startMs + latencyMs }
    const reply = { status }
    return finishedRequest({ ...rest, ...times, attempts, retries: attempts - 1, reply, expected, failure })
  })

const anyEvent = fc.oneof(
  anyRequest.map((request) => (all: RunStatistics) => all.onRequest(request)),
  fc.nat(1).map((phase) => (all: RunStatistics) => {
    all.onPlanned(phase)
    all.onSessionStart(phase)
  }),
  fc.nat(1).map((phase) => (all: RunStatistics) => all.onDropped(phase)),
  fc.boolean().map((ordered) => (all: RunStatistics) => {
    all.onSessionEnd(0, { signedIn: true, ordered, pages: 2 })
  }),
  fc.boolean().map((passed) => (all: RunStatistics) => all.onCheck(passed ? 'cart' : 'token', passed)),
)
const anyTold: fc.Arbitrary<Told[]> = fc.array(fc.record({ by: fc.nat(2), tell: anyEvent }), {
  maxLength: 60,
})

/** Users of each of the three, at whole moments. */
const anyUsers = fc.array(fc.record({ atMs: anyTime, by: fc.nat(2), users: fc.nat(20) }), { maxLength: 20 })

function statistics(): RunStatistics {
  return new RunStatistics(SCENARIO, FAULTS)
}

function kept(all: RunStatistics): RunStatistics {
  return RunStatistics.fromJSON(SCENARIO, JSON.parse(JSON.stringify(all)) as RunStatisticsJson)
}

describe('the statistics of shares', () => {
  it('come to those of the whole, byte for byte, in whatever order they are merged', () => {
    fc.assert(
      fc.property(anyTold, anyUsers, (told, changes) => {
        const whole = statistics()
        const shares = [statistics(), statistics(), statistics()] as const
        for (const { by, tell } of told) {
          tell(whole)
          tell(shares[by]!)
        }
        const users = [0, 0, 0]
        for (const change of changes.toSorted((a, b) => a.atMs - b.atMs)) {
          users[change.by] = change.users
          shares[change.by]!.onUsers(change.atMs, change.users, [change.users, change.users])
          const all = users.reduce((sum, share) => sum + share, 0)
          whole.onUsers(change.atMs, all, [all, all])
        }
        for (const one of [whole, ...shares]) one.finish(RUN_MS)
        const expected = JSON.stringify(whole)
        for (const order of [
          [0, 1, 2],
          [2, 0, 1],
          [1, 2, 0],
        ]) {
          const [first, ...others] = order.map((i) => kept(shares[i]!))
          for (const other of others) first!.merge(other)
          expect(JSON.stringify(first)).toBe(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('tell the same when they have been kept', () => {
    const all = statistics()
    for (const [i, endMs] of [900, 61_500, 200_000].entries()) {
      all.onRequest(
        finishedRequest({ phase: i === 0 ? 0 : 1, intendedMs: endMs - 500, startMs: endMs - 400, endMs }),
      )
    }
    all.onUsers(0, 4, [4, 0])
    all.finish(RUN_MS)
    const copy = kept(all)
    expect(copy.series.points(RUN_MS)).toEqual(all.series.points(RUN_MS))
    expect(copy.faults.summaries()).toEqual(all.faults.summaries())
    expect(copy.attempts.summary()).toEqual(all.attempts.summary())
    expect(copy.phases.map(({ userMs }) => userMs)).toEqual([4 * 60_000, 0])
    expect(copy.total.latency.quantile(0.5)).toBe(all.total.latency.quantile(0.5))
  })

  it('cannot be merged with those of other faults, or of a run of another length', () => {
    const all = statistics()
    expect(() => all.merge(new RunStatistics(SCENARIO))).toThrow('other faults')
    const short = new RunStatistics({ ...SCENARIO, phases: [phaseOf({ durationMs: 5_000 })] }, FAULTS)
    expect(() => all.merge(short)).toThrow('another scenario')
    const hurried = SCENARIO.phases.map((phase) => ({ ...phase, startMs: 0, durationMs: 5_000 }))
    expect(() => all.merge(new RunStatistics({ ...SCENARIO, phases: hurried }, FAULTS))).toThrow(
      'one scenario only',
    )
  })

  it('are refused where a part is missing or was changed, by the name of the part', () => {
    const json = statistics().toJSON()
    const read = (changed: object) => () => RunStatistics.fromJSON(SCENARIO, changed as RunStatisticsJson)
    const { series: _, ...withoutSeries } = json
    const total = { ...json.total, latency: { ...json.total.latency, count: 5 } }
    expect(read(withoutSeries)).toThrow(DataError)
    expect(read(withoutSeries)).toThrow('statistics: series: missing')
    expect(read({ ...json, total })).toThrow('statistics: total: ')
    expect(read({ ...json, phases: json.phases.slice(1) })).toThrow('statistics: phases: ')
    expect(read({ ...json, version: 7 })).toThrow('statistics: version: expected 1, got 7')
  })
})

it('take the memory of the values that there are, not of the requests', () => {
  const all = statistics()
  const request = finishedRequest()
  const record = (requests: number): void => {
    for (let i = 0; i < requests; i++) {
      const kind = i % 20_000
      request.intendedMs = (kind * 7.25) % RUN_MS
      request.startMs = request.intendedMs + (kind % 13) / 8
      request.endMs = request.startMs + 2 ** ((kind % 997) / 50)
      all.onRequest(request)
    }
  }
  /** Of all buckets in all histograms. */
  const numbers = (): number => {
    let count = 0
    JSON.parse(JSON.stringify(all), (key, value: unknown) => {
      if (key === 'buckets') count += (value as unknown[]).length
      return value
    })
    return count
  }
  record(20_000)
  const before = numbers()
  record(980_000)
  expect(all.total.requests).toBe(1_000_000)
  // At most 20 octaves of 512 buckets in each of a handful of histograms, and 120 coarse ones.
  expect(before).toBeLessThan(150_000)
  expect(numbers()).toBe(before)
})
