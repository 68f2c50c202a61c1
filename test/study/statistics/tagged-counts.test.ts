import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunStatistics, type RunStatisticsJson } from '../../../src/study/statistics/run-statistics.ts'
import { metricSummaries, tagSummaries, tagWarnings } from '../../../src/study/summary/tag-summary.ts'
import { scenarioOf } from '../../shop/small-scenario.ts'
import { flowScenario, type Kind, requestOf } from '../flow-statistics.ts'

const THRESHOLDS =
  '{ "requests{kind:read,status:5xx}": "< 9", "p95LatencyMs{stage:busy}": "< 9", "p50(size)": "< 9" }'

describe('the table of tags', () => {
  it('has a row for every value of a tag that somebody gave, the nearest one winning', () => {
    const statistics = new RunStatistics(flowScenario())
    statistics.onRequest(requestOf('search', 10))
    statistics.onRequest(requestOf('search', 30, { phase: 1, reply: { status: 500 } }))
    statistics.onRequest(requestOf('store', 20))
    statistics.onRequest(requestOf('product', 50))
    const rows = tagSummaries(statistics).map(({ tag, value, requests, errorRate, latency }) => [
      `${tag} ${value}`,
      requests,
      errorRate,
      latency.maxMs,
    ])
    expect(rows).toEqual([
      ['kind read', 2, 0.5, 30],
      ['kind write', 1, 0, 20],
      ['stage busy', 2, 0.5, 50],
      ['stage calm', 2, 0, 20],
      ['team catalogue', 2, 0.5, 30],
      ['team nobody', 1, 0, 20],
    ])
  })

  it('is empty where nobody gave any', () => {
    const statistics = new RunStatistics(scenarioOf(PLAIN))
    statistics.onRequest(requestOf('search', 10, { tags: undefined } as never))
    expect(tagSummaries(statistics)).toEqual([])
  })

  it('holds a hundred values of a tag, and says that it leaves the others together', () => {
    const requests = Array.from(
      { length: 103 },
      (_, i) => `{ name: r${i}, get: /, tags: { n: v${i} } }`,
    ).join(', ')
    const scenario = scenarioOf(
      PLAIN.replace('quick-browser', 'many') +
        `behaviors: { many: { description: x, requests: [${requests}] } }\n`,
    )
    const statistics = new RunStatistics(scenario)
    for (let i = 0; i < 103; i++) {
      statistics.onRequest(
        requestOf('search', 10, { profile: 'many', action: `r${i}`, tags: { n: `v${i}` } } as never),
      )
    }
    expect(statistics.tagged.rows.get('n')!.size).toBe(101)
    expect(statistics.tagged.rows.get('n')!.get('other')!.requests).toBe(3)
    expect(tagWarnings(statistics)).toEqual([expect.stringContaining('tag n: more values')])
  })
})

const PLAIN = `name: plain
description: No tags
accounts: 9
phases:
  - { name: only, durationMinutes: 1, users: 2, behaviors: { quick-browser: 1 } }
`

it('a metric that never had a value is told', () => {
  const statistics = new RunStatistics(flowScenario())
  statistics.onMeasure('size', Number.NaN, 1)
  statistics.onMeasure('load', 3, 1)
  expect(tagWarnings(statistics)).toEqual([
    'metric size: none of 1 replies had a value for it: look at its path',
  ])
  expect(metricSummaries(statistics, 1000).map(({ name, count, missing }) => [name, count, missing])).toEqual(
    [
      ['calls', 0, 0],
      ['hit', 0, 0],
      ['load', 1, 0],
      ['size', 0, 1],
    ],
  )
})

describe('what two halves of a run have counted', () => {
  const event = fc.record({
    half: fc.boolean(),
    kind: fc.constantFrom<Kind>('search', 'store', 'product'),
    latencyMs: fc.integer({ min: 0, max: 5000 }),
    status: fc.constantFrom(200, 404, 503),
    metric: fc.constantFrom('size', 'calls', 'load', 'hit'),
    value: fc.oneof(fc.double({ min: -2, max: 100, noNaN: true }), fc.constant(Number.NaN)),
    atMs: fc.nat(50),
  })

  it('adds up to what the whole has, to the byte and over a file', () => {
    const scenario = flowScenario(THRESHOLDS)
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const whole = new RunStatistics(scenario)
        const halves = [new RunStatistics(scenario), new RunStatistics(scenario)]
        for (const { half, kind, latencyMs, status, metric, value, atMs } of events) {
          for (const statistics of [whole, halves[Number(half)]!]) {
            statistics.onRequest(requestOf(kind, latencyMs, { reply: { status } }))
            statistics.onMeasure(metric, value, atMs)
          }
        }
        for (const statistics of [whole, ...halves]) statistics.finish(120_000)
        const [first, second] = halves.map((half) =>
          RunStatistics.fromJSON(scenario, JSON.parse(JSON.stringify(half)) as RunStatisticsJson),
        )
        first!.merge(second!)
        for (const part of ['tagged', 'own'] as const) {
          expect(JSON.stringify(first![part])).toBe(JSON.stringify(whole[part]))
        }
      }),
      { numRuns: 30 },
    )
  })
})
