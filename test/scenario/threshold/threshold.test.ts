import { describe, expect, it } from 'vitest'
import { loadScenario, parseThresholdMetric, THRESHOLD_METRICS } from '../../../src/scenario/index.ts'
import { flowFile, loadFlow } from '../flow/flow-files.ts'
import { fileOf, messageOf, vocabulary } from '../scenario-files.ts'

const REQUESTS = `- name: search
  get: /search
  tags: { kind: read }
  checks: { has items: { contains: item } }
  metrics: { size: { type: trend, json: total }, orders: { type: counter }, up: { type: rate, json: ok } }`

describe('a metric', () => {
  it.each([
    ['p50LatencyMs', 0.5],
    ['p5LatencyMs', 0.05],
    ['p99LatencyMs', 0.99],
    ['p999LatencyMs', 0.999],
    ['p9999LatencyMs', 0.9999],
    ['p99.9LatencyMs', 0.999],
    ['p100LatencyMs', 1],
    ['p0LatencyMs', 0],
    ['p12.5LatencyMs', 0.125],
  ])('%s is the quantile %d', (name, quantile) => {
    expect(parseThresholdMetric(name)?.measure).toEqual({ of: 'latency', statistic: { quantile } })
  })

  it('is told from what it is of, and from whose', () => {
    expect(parseThresholdMetric('meanServiceTimeMs{action:search, kind:read}')).toEqual({
      measure: { of: 'serviceTime', statistic: 'mean' },
      selectors: { action: 'search', kind: 'read' },
    })
    expect(parseThresholdMetric('p95(size)')?.measure).toEqual({
      of: 'own',
      metric: 'size',
      statistic: { quantile: 0.95 },
    })
    expect(parseThresholdMetric('checkRate{check:has items: 3}')?.selectors).toEqual({
      check: 'has items: 3',
    })
  })

  it.each([
    '',
    'p101LatencyMs',
    'latency',
    'p95',
    'errorRate{',
    'errorRate{a}',
    'errorRate{a:}',
    'median(x)',
    'p95()',
  ])('%j is none', (name) => expect(parseThresholdMetric(name)).toBeUndefined())

  it.each(THRESHOLD_METRICS)('%s, which is proposed, is one', (name) => {
    expect(parseThresholdMetric(name)).toBeDefined()
  })
})

describe('thresholds of a scenario', () => {
  it('are limits, limits with details, or several', () => {
    const { thresholds } = loadFlow(
      REQUESTS,
      `thresholds:
  "p95LatencyMs{kind:read}": { limit: "< 300", abortOnFail: true, abortAfterSeconds: 10 }
  errorRate: { limit: "<= 0.5" }
  requests: ["> 5", { limit: "< 9", abortOnFail: true }]
`,
    )
    expect(thresholds).toEqual([
      { metric: 'p95LatencyMs{kind:read}', operator: '<', limit: 300, abortAfterMs: 10_000 },
      { metric: 'errorRate', operator: '<=', limit: 0.5 },
      { metric: 'requests', operator: '>', limit: 5 },
      { metric: 'requests', operator: '<', limit: 9, abortAfterMs: 0 },
    ])
  })

  it('may ask for all that a scenario has', () => {
    const metrics = [
      'p95LatencyMs{phase:only,profile:smoke,action:search,service:cart}',
      'requests{status:5xx,failure:timeout,expected:false}',
      'errorRate{team:catalogue,stage:early,kind:read}',
      'checkRate{check:has items}',
      'p99.5(size)',
      'mean(size)',
      'count(orders)',
      'perSecond(orders)',
      'rate(up)',
      'droppedRate',
    ]
    const lines = metrics.map((metric) => `  "${metric}": "< 1"\n`).join('')
    expect(loadFlow(REQUESTS, `thresholds:\n${lines}`).thresholds.map(({ metric }) => metric)).toEqual(
      metrics,
    )
  })

  it.each([
    ['p95LatencyMs{actoin:search}', 'no request has a tag "actoin" (did you mean "action"?)'],
    ['p95LatencyMs{action:serach}', 'no request has action "serach" (did you mean "search"?)'],
    ['p95LatencyMs{kind:write}', 'no request has kind "write": there are read'],
    ['p95Latency{action:search}', 'unknown key (did you mean "p95LatencyMs"?)'],
    ['errorRate{action}', 'expected tags in braces such as {action:search,kind:read} behind the metric'],
    ['checkRate{check:has itmes}', 'there is no check "has itmes" (did you mean "has items"?)'],
    ['checkRate{action:search}', 'expected no tag but check, as in checkRate{check:has items}'],
    ['p95(sise)', 'no request measures "sise" (did you mean "size"?)'],
    ['p95(orders)', '"orders" is a counter: ask for count(orders), perSecond(orders)'],
    ['rate(up){kind:read}', 'expected no tags: a metric of your own is one for all requests'],
    ['droppedRate{phase:only}', 'expected no tags: a session that never started has none'],
  ])('%s is refused', (metric, complaint) => {
    const file = fileOf(flowFile(REQUESTS, `thresholds:\n  "${metric}": "< 1"\n`))
    expect(messageOf(() => loadScenario(file, { vocabulary }))).toContain(
      `thresholds.${metric}: ${complaint}`,
    )
  })

  it('say what a limit is', () => {
    const file = fileOf(
      flowFile(REQUESTS, 'thresholds: { errorRate: 5, requests: { limit: 3, abort: true } }\n'),
    )
    const message = messageOf(() => loadScenario(file, { vocabulary }))
    expect(message).toMatch(/thresholds.errorRate: expected limit such as "< 500" or ">= 0.99".*, got 5/)
    expect(message).toContain('thresholds.requests')
  })
})
