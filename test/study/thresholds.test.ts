import { describe, expect, it } from 'vitest'
import { THRESHOLD_METRICS, type Threshold, type ThresholdMetric } from '../../src/scenario/index.ts'
import { checkThresholds, demandedThresholds } from '../../src/study/index.ts'

const latency = {
  count: 200,
  meanMs: 10,
  minMs: 1,
  p50Ms: 20,
  p90Ms: 30,
  p95Ms: 40,
  p99Ms: 50,
  p999Ms: 60,
  maxMs: 70,
}
const RUN = {
  latency,
  requests: 200,
  errorRate: 0.05,
  requestsPerSecond: 12.5,
  checks: [
    { name: 'a', passes: 90, fails: 0 },
    { name: 'b', passes: 0, fails: 10 },
  ],
}

const VALUES: Readonly<Record<ThresholdMetric, number>> = {
  meanLatencyMs: 10,
  p50LatencyMs: 20,
  p90LatencyMs: 30,
  p95LatencyMs: 40,
  p99LatencyMs: 50,
  p999LatencyMs: 60,
  maxLatencyMs: 70,
  errorRate: 0.05,
  checkRate: 0.9,
  requestsPerSecond: 12.5,
}
const OPERATORS = ['<', '<=', '>', '>='] as const

const passes = (threshold: Threshold, run = RUN) => checkThresholds([threshold], run)[0]!.passed

describe('checkThresholds', () => {
  it.each(THRESHOLD_METRICS)('measures %s', (metric) => {
    expect(checkThresholds([{ metric, operator: '<', limit: 7 }], RUN)).toEqual([
      { metric, condition: '< 7', value: VALUES[metric], passed: VALUES[metric] < 7 },
    ])
  })

  it.each([
    ['<', false, false, true],
    ['<=', false, true, true],
    ['>', true, false, false],
    ['>=', true, true, false],
  ] as const)('with %s compares with a limit below, at and above the value', (operator, below, at, above) => {
    const metric = 'p95LatencyMs'
    expect([39, 40, 41].map((limit) => passes({ metric, operator, limit }))).toEqual([below, at, above])
  })

  it.each(OPERATORS)('with %s fails what could not be measured', (operator) => {
    const nothing = {
      ...RUN,
      requests: 0,
      errorRate: 0,
      latency: { ...latency, p95Ms: Number.NaN },
      checks: [],
    }
    for (const metric of ['p95LatencyMs', 'errorRate', 'checkRate'] as const) {
      expect(checkThresholds([{ metric, operator, limit: 0.5 }], nothing)).toEqual([
        { metric, condition: `${operator} 0.5`, value: Number.NaN, passed: false },
      ])
    }
  })

  it('fails a demand for traffic when there was none', () => {
    const nothing = { ...RUN, requestsPerSecond: 0 }
    expect(passes({ metric: 'requestsPerSecond', operator: '>', limit: 0 }, nothing)).toBe(false)
  })

  it('keeps the order of the scenario', () => {
    const thresholds = OPERATORS.map((operator) => ({ metric: 'errorRate', operator, limit: 1 }) as const)
    expect(checkThresholds(thresholds, RUN).map(({ condition }) => condition)).toEqual([
      '< 1',
      '<= 1',
      '> 1',
      '>= 1',
    ])
    expect(checkThresholds([], RUN)).toEqual([])
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
