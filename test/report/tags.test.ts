/** What scripts say of their requests, as a reader sees it. */
import { describe, expect, it } from 'vitest'
import { formatValue } from '../../src/report/format.ts'
import { htmlReport, terminalSummary } from '../../src/report/index.ts'
import { createStyle } from '../../src/report/style.ts'
import { thresholdValue } from '../../src/report/verdict.ts'
import type { RunSummary } from '../../src/study/index.ts'
import { EMPTY_RUN_SUMMARY } from './run-summary-fixture.ts'

const latency = { ...EMPTY_RUN_SUMMARY.latency, meanMs: 12, p50Ms: 10, p95Ms: 30, p99Ms: 40 }
const SCRIPTED: RunSummary = {
  ...EMPTY_RUN_SUMMARY,
  tags: [
    { tag: 'kind', value: 'read', requests: 1200, errorRate: 0, latency },
    { tag: 'kind', value: '<write>', requests: 20, errorRate: 0.05, latency },
  ],
  metrics: [
    { name: 'basket', type: 'trend', count: 9, missing: 0, statistics: { mean: 2.345, max: 1234.5 } },
    { name: 'hits', type: 'rate', count: 4, missing: 0, statistics: { rate: 0.75 } },
  ],
}

it('the terminal shows tags by value and metrics with what they came to', () => {
  const text = terminalSummary(SCRIPTED, { style: createStyle(false), files: [] })
  expect(text).toMatch(
    /TAGS\n +tag +value .*\n +kind +read +1,200 +0\.00% +12\.0 ms +10\.0 ms +30\.0 ms +40\.0 ms\n/,
  )
  expect(text).toMatch(/ +kind +<write> +20 +5\.00%/)
  expect(text).toMatch(
    /METRICS OF THE SCRIPTS\n.*\n +basket +trend +mean 2\.35 {2}max 1,234\.5 +9\n +hits +rate +75\.00% +4/,
  )
})

it('neither section is there where no script had anything to say', () => {
  expect(terminalSummary(EMPTY_RUN_SUMMARY, { style: createStyle(false), files: [] })).not.toMatch(
    /TAGS|METRICS/,
  )
})

it('the page has both tables, whatever the values of the tags look like', async () => {
  const page = await htmlReport(SCRIPTED)
  expect(page).toContain('&lt;write&gt;')
  expect(page).not.toContain('<write>')
  expect(page).toContain('max 1,234.5')
})

describe('the value of a threshold', () => {
  it.each([
    ['p95LatencyMs{action:a}', 12.34, '12.3 ms'],
    ['meanServiceTimeMs', 1500, '1.50 s'],
    ['errorRate{kind:read}', 0.0123, '1.23%'],
    ['checkRate', 1, '100.00%'],
    ['droppedRate', 0, '0.00%'],
    ['requestsPerSecond{kind:read}', 12.34, '12.3/s'],
    ['requests{status:5xx}', 3, '3'],
    ['rate(hits)', 0.5, '50.00%'],
    ['perSecond(orders)', 3, '3.00/s'],
    ['count(orders)', 12, '12'],
    ['p95(basket)', 2.3456, '2.35'],
    ['p95LatencyMs', Number.NaN, 'nothing measured'],
  ])('%s of %d reads %s', (metric, value, text) => {
    expect(thresholdValue({ metric, value, condition: '< 1', passed: true })).toBe(text)
  })
})

it.each([
  [3, '3'],
  [1_234_567, '1,234,567'],
  [0.012345, '0.0123'],
  [123.456, '123.5'],
  [-2.5, '-2.5'],
  [Number.NaN, '–'],
])('a number without a unit: %d reads %s', (value, text) => expect(formatValue(value)).toBe(text))
