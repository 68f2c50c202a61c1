import { describe, expect, it } from 'vitest'
import type { Threshold } from '../../../src/scenario/index.ts'
import { checkThresholds, demandedThresholds, RunStatistics } from '../../../src/study/index.ts'
import { flowScenario, requestOf } from '../flow-statistics.ts'

const OPERATORS = ['<', '<=', '>', '>='] as const

/** Metrics to their values, as a run of ten seconds with these requests has them. */
function valuesOf(
  metrics: readonly string[],
  fill: (statistics: RunStatistics) => void = typical,
): unknown[] {
  const scenario = flowScenario(JSON.stringify(Object.fromEntries(metrics.map((metric) => [metric, '< 1']))))
  const statistics = new RunStatistics(scenario)
  fill(statistics)
  return checkThresholds(scenario.thresholds, { statistics, endMs: 10_000 }).map(({ value }) => value)
}

/** Latencies 10 to 100 ms of searches, of which two failed, and one store of 500 ms. */
function typical(statistics: RunStatistics): void {
  for (let i = 1; i <= 10; i++) {
    const status = i === 3 ? 503 : i === 7 ? 404 : 200
    statistics.onRequest(requestOf('search', i * 10, { reply: { status }, startMs: 1005, phase: i % 2 }))
  }
  statistics.onRequest(requestOf('store', 500))
  statistics.onRequest(
    requestOf('store', 700, {
      reply: { status: 0, failure: 'timeout' },
      expected: false,
      failure: 'timeout',
    }),
  )
  for (let i = 0; i < 4; i++) statistics.onCheck('found', i > 0)
  statistics.onCheck('other', false)
  for (const size of [1, 2, 3, 4]) statistics.onMeasure('size', size, 5)
  for (const hit of [1, 0, 1, Number.NaN]) statistics.onMeasure('hit', hit, 5)
  for (const count of [2, 3]) statistics.onMeasure('calls', count, 5)
  for (const load of [4, 9, 6]) statistics.onMeasure('load', load, 5)
  statistics.phases[1]!.planned = 40
  statistics.phases[1]!.dropped = 3
}

describe('checkThresholds', () => {
  it.each([
    ['requests', 12],
    ['requestsPerSecond', 1.2],
    ['errorRate', 0.25],
    ['maxLatencyMs', 700],
    ['minLatencyMs', 10],
    ['minServiceTimeMs', 5],
    ['maxServiceTimeMs', 700],
    ['checkRate', 0.6],
    ['droppedRate', 0.075],
    ['requests{kind:read}', 10],
    ['requests{kind:read,phase:busy}', 5],
    ['requests{stage:busy}', 5],
    ['requests{team:nobody}', 2],
    ['requests{team:catalogue}', 10],
    ['requests{profile:writer}', 2],
    ['requests{action:store}', 2],
    ['requests{service:inventory}', 10],
    ['requests{service:cart-service}', 2],
    ['requests{status:404}', 1],
    ['requests{status:5xx}', 1],
    ['requests{failure:timeout}', 1],
    ['requests{failure:none}', 9],
    ['requests{failure:dns}', 0],
    ['requests{expected:false,action:search}', 2],
    ['requestsPerSecond{action:search}', 1],
    ['errorRate{kind:read}', 0.2],
    ['maxLatencyMs{kind:read}', 100],
    ['meanLatencyMs{kind:read}', 55],
    ['maxServiceTimeMs{kind:read}', 95],
    ['minLatencyMs{kind:read,expected:true}', 10],
    ['checkRate{check:found}', 0.75],
    ['mean(size)', 2.5],
    ['p100(size)', 4],
    ['count(size)', 4],
    ['count(calls)', 5],
    ['perSecond(calls)', 0.5],
    ['rate(hit)', 2 / 3],
    ['count(hit)', 3],
    ['value(load)', 9],
    ['min(load)', 4],
    ['max(load)', 9],
  ])('measures %s', (metric, value) => {
    expect(valuesOf([metric])).toEqual([expect.closeTo(value, 10)])
  })

  it.each([
    ['p50LatencyMs{kind:read}', 50],
    ['p90LatencyMs{kind:read}', 90],
    ['p99.9LatencyMs{kind:read}', 100],
    ['p95ServiceTimeMs', 700],
    ['p25(size)', 1],
  ])('measures %s within 0.2 %%', (metric, value) => {
    const [measured] = valuesOf([metric]) as [number]
    expect(Math.abs(measured / value - 1)).toBeLessThan(0.002)
  })

  it('measures nothing where there is nothing, and that fails whatever the limit', () => {
    const metrics = [
      'p95LatencyMs',
      'errorRate',
      'checkRate',
      'checkRate{check:found}',
      'requests{kind:read}',
      'requests{status:500}',
      'requestsPerSecond{action:store}',
      'p95(size)',
      'rate(hit)',
      'value(load)',
      'droppedRate',
    ]
    expect(valuesOf(metrics, () => {})).toEqual(metrics.map(() => Number.NaN))
    const statistics = new RunStatistics(flowScenario('{ p95LatencyMs: "< 1" }'))
    for (const operator of OPERATORS) {
      const [result] = checkThresholds([{ metric: 'p95LatencyMs', operator, limit: 0.5 }], {
        statistics,
        endMs: 1,
      })
      expect(result).toEqual({
        metric: 'p95LatencyMs',
        condition: `${operator} 0.5`,
        value: Number.NaN,
        passed: false,
      })
    }
  })

  it('takes the absence of a status for none of it, where the requests were made', () => {
    const fill = (statistics: RunStatistics): void => statistics.onRequest(requestOf('search', 5))
    expect(
      valuesOf(['requests{action:search,status:500}', 'errorRate{action:search,status:500}'], fill),
    ).toEqual([0, Number.NaN])
  })

  it.each([
    ['<', false, false, true],
    ['<=', false, true, true],
    ['>', true, false, false],
    ['>=', true, true, false],
  ] as const)('with %s compares with a limit below, at and above the value', (operator, below, at, above) => {
    const statistics = new RunStatistics(flowScenario())
    statistics.onRequest(requestOf('search', 40))
    const thresholds = [39, 40, 41].map((limit) => ({ metric: 'maxLatencyMs', operator, limit }))
    const results = checkThresholds(thresholds, { statistics, endMs: 1000 })
    expect(results.map(({ passed }) => passed)).toEqual([below, at, above])
  })

  it('fails a demand for traffic when there was none', () => {
    const none = { statistics: new RunStatistics(flowScenario()), endMs: 1000 }
    expect(checkThresholds([{ metric: 'requestsPerSecond', operator: '>', limit: 0 }], none)[0]!.passed).toBe(
      false,
    )
  })

  it('keeps the order of the scenario', () => {
    const run = { statistics: new RunStatistics(flowScenario()), endMs: 1000 }
    const thresholds = OPERATORS.map((operator) => ({ metric: 'errorRate', operator, limit: 1 }) as const)
    expect(checkThresholds(thresholds, run).map(({ condition }) => condition)).toEqual([
      '< 1',
      '<= 1',
      '> 1',
      '>= 1',
    ])
    expect(checkThresholds([], run)).toEqual([])
  })
})

describe('demandedThresholds', () => {
  const p95: Threshold = { metric: 'p95LatencyMs', operator: '<', limit: 500 }
  const errors: Threshold = { metric: 'errorRate', operator: '<', limit: 0.05 }

  it('adds that not everything failed where the scenario sets no limit to errors', () => {
    expect(demandedThresholds({ thresholds: [p95] })).toEqual([
      p95,
      { metric: 'errorRate', operator: '<', limit: 1 },
    ])
  })

  it('leaves the limit of the scenario alone', () => {
    expect(demandedThresholds({ thresholds: [errors, p95] })).toEqual([errors, p95])
  })
})
