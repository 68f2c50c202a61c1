/** How the reports tell how well the load was generated, and what they say first if it was not. */
import { describe, expect, it } from 'vitest'
import { latencyPercentilesChart } from '../../src/report/charts/latency-percentiles.ts'
import { htmlReport } from '../../src/report/html-report.ts'
import { createStyle } from '../../src/report/style.ts'
import { terminalSummary } from '../../src/report/terminal-summary.ts'
import type { GeneratorSummary, RunSummary } from '../../src/study/summary/run-summary.ts'
import { EMPTY_RUN_SUMMARY, RUN_SUMMARY } from './run-summary-fixture.ts'

const ok: GeneratorSummary = {
  timedStarts: 60_000,
  lagMs: { p50: 0.083, p99: 0.214, max: 3.1 },
  queuedMs: { p50: 0.041, p99: 12.4, max: 212 },
  dispersion: { planned: 0, actual: 0.134, binMs: 10 },
  eventLoopDelayMs: { p50: 0.11, p99: 1.4, max: 22.8 },
  cpuShare: 0.412,
  coreWaitShare: 0.0137,
  processes: 1,
  verdict: 'ok',
  reasons: [],
}
const saturated: GeneratorSummary = {
  ...ok,
  processes: 4,
  cpuShare: 0.974,
  coreWaitShare: null,
  verdict: 'saturated',
  reasons: ['a process took 97 % of a core: more than 90 %'],
}
const WARNING = 'GENERATOR SATURATED: do not trust these numbers'

const live = (generator: GeneratorSummary): RunSummary => ({ ...RUN_SUMMARY, world: 'live', generator })
const text = (summary: RunSummary) => terminalSummary(summary, { style: createStyle(false), files: [] })

describe('the generator in the terminal', () => {
  it('has a section of its own, below the latencies that it has measured', () => {
    expect(text(live(ok))).toContain(`
GENERATOR
                                  p50      p99      max
  late by                     0.08 ms  0.21 ms  3.10 ms
  then until on a connection  0.04 ms  12.4 ms   212 ms
  event loop behind by        0.11 ms  1.40 ms  22.8 ms
  verdict: ok
  index of dispersion over 10 ms: 0.00 planned, 0.13 actual, of 60,000 starts with a time (0: even, 1: Poisson)
  CPU: 41% of a core; ready to run, but without a core, 1.4% of the time
`)
    expect(text(live(ok))).not.toContain(WARNING)
  })

  it('comes first of all when it is not to be trusted, with the reasons', () => {
    const lines = text(live(saturated)).split('\n')
    expect(lines.slice(0, 3)).toEqual([WARNING, '  ✗ a process took 97 % of a core: more than 90 %', ''])
    expect(lines).toContain('  CPU: 97% of a core, the busiest of 4 processes')
  })

  it('has the service times of the actions beside their latencies', () => {
    const [search, ...others] = RUN_SUMMARY.byAction
    const summary = {
      ...live(ok),
      byAction: [{ ...search!, serviceTime: RUN_SUMMARY.serviceTime }, ...others],
    }
    const lines = text(summary).split('\n')
    expect(lines.find((line) => line.startsWith('  action '))).toMatch(/p99 +p50 from send +p99$/)
    expect(lines.find((line) => line.startsWith('  product '))).toMatch(/– {2,}–$/)
    expect(text(RUN_SUMMARY)).not.toContain('from send')
  })

  it('is not told of in the virtual world', () => {
    expect(text(RUN_SUMMARY)).not.toContain('GENERATOR')
  })
})

describe('the generator in the HTML report', () => {
  it('has a table, and is the first verdict when it is not to be trusted', async () => {
    const good = await htmlReport({ ...live(ok), requests: 10 })
    expect(good).toContain('<h2>Generator</h2>')
    expect(good).toContain('0.00 planned, 0.13 actual')
    expect(good).not.toContain(WARNING)
    const bad = await htmlReport({ ...live(saturated), requests: 10 })
    const first = /class="verdicts">.*?<strong>(?<headline>[^<]*)</s.exec(bad)
    expect(first?.groups?.headline).toBe(WARNING)
  })

  it('is not told of in the virtual world', async () => {
    expect(await htmlReport(EMPTY_RUN_SUMMARY)).not.toContain('<h2>Generator</h2>')
  })
})

describe('the chart of all percentiles', () => {
  it('shows the latency from the intended start and the service time from the send, side by side', () => {
    const [chart] = latencyPercentilesChart(RUN_SUMMARY)
    const series = chart!.option.series as { name: string; data: [number, number | null][] }[]
    expect(series.map(({ name }) => name)).toEqual(['latency', 'service time'])
    for (const { data } of series) expect(data).toHaveLength(RUN_SUMMARY.percentiles.length)
    // p90 is one in ten.
    const p90 = RUN_SUMMARY.percentiles.find(({ share }) => Math.abs(share - 0.9) < 1e-9)!
    expect(series[0]!.data.find(([oneIn]) => Math.abs(oneIn - 10) < 1e-3)![1]).toBeCloseTo(p90.latencyMs, 1)
  })

  it('is not there without requests', () => {
    expect(latencyPercentilesChart(EMPTY_RUN_SUMMARY)).toEqual([])
  })

  it('leaves a gap where there is no logarithm', () => {
    const points = [0, 0.25].map((share) => ({ share, latencyMs: 0, serviceMs: 0 }))
    const [chart] = latencyPercentilesChart({ ...RUN_SUMMARY, percentiles: points })
    const [series] = chart!.option.series as { data: [number, number | null][] }[]
    expect(series!.data.map(([, ms]) => ms)).toEqual([null, null])
  })
})
