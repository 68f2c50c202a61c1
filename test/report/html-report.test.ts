import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { htmlReport } from '../../src/report/html-report.ts'
import type { RunSummary } from '../../src/study/summary/run-summary.ts'
import { EMPTY_RUN_SUMMARY, FAILING_COMPARISON, fault, RUN_SUMMARY } from './run-summary-fixture.ts'

const CHART_IDS = ['comparison', 'load', 'latency', 'errors', 'phase-latency', 'rewards', 'learning-curve']

/** Every opened element is closed in order: true for documents written as ours are. */
function expectWellFormed(document: string): void {
  const open: string[] = []
  const withoutStyles = document.replace(/<style>[\s\S]*?<\/style>/g, '')
  for (const [tag, closing, name, attributes] of withoutStyles.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*)>/g,
  )) {
    if (name === 'meta' || attributes!.endsWith('/')) continue
    if (closing === '/') expect(open.pop(), `closed by ${tag}`).toBe(name)
    else open.push(name!)
  }
  expect(open).toEqual([])
  expect(withoutStyles.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]/)
}

/** Charts by the ids of their cards. */
function chartIds(document: string): string[] {
  return [...document.matchAll(/<div class="card (?:full|half)" id="([^"]+)">/g)].map(([, id]) => id!)
}

// ECharts complains to the console about options that make no sense.
beforeEach(() => {
  for (const method of ['log', 'warn', 'error'] as const) vi.spyOn(console, method)
})
afterEach(() => {
  for (const method of ['log', 'warn', 'error'] as const) expect(console[method]).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

describe('htmlReport', () => {
  it('is a well-formed document with every chart, the verdict before the first of them', async () => {
    const document = await htmlReport(RUN_SUMMARY)
    expectWellFormed(document)
    expect(chartIds(document)).toEqual(expect.arrayContaining([...CHART_IDS, 'instances-0', 'instances-5']))
    expect(document.match(/<svg /g)).toHaveLength(chartIds(document).length)
    expect(document.indexOf('is better than')).toBeGreaterThan(0)
    expect(document.indexOf('is better than')).toBeLessThan(document.indexOf('<svg '))
    expect(document).toContain('1 of 3 thresholds missed')
  })

  it('tells the mistakes that users made, and marks those that were not refused', async () => {
    const document = await htmlReport(RUN_SUMMARY)
    expect(document).toContain('Mistakes made on purpose')
    expect(document).toMatch(/expiredToken<\/td><td>311<\/td><td>302<\/td><td class="bad">9<\/td>/)
    expect(document).toMatch(/unknownSku<\/td><td>1,204<\/td><td>1,204<\/td><td>0<\/td>/)
    expect(await htmlReport(EMPTY_RUN_SUMMARY)).not.toContain('Mistakes')
  })

  it('draws nothing for a handful of requests, and says so', async () => {
    const handful = { ...RUN_SUMMARY, requests: 19, training: null, comparison: null }
    const document = await htmlReport(handful)
    expectWellFormed(document)
    expect(chartIds(document)).toEqual([])
    expect(document).toContain('No charts: there are fewer than 20 requests.')
    expect(chartIds(await htmlReport({ ...handful, requests: 20 }))).toContain('load')
  })

  it('asks nobody for anything', async () => {
    const document = await htmlReport(RUN_SUMMARY)
    const namespaces = / xmlns(:xlink)?="http:\/\/www\.w3\.org\/[^"]+"/g
    expect(document.replace(namespaces, '')).not.toMatch(
      /https?:|url\((?!#)|@import|<script|<link|<img| src=/i,
    )
    expect(document).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none';`)
  })

  it('gives the same bytes for the same summary', async () => {
    const first = await htmlReport(RUN_SUMMARY)
    expect(await htmlReport(RUN_SUMMARY)).toBe(first)
    expect(first).not.toMatch(/zr\d/)
  })

  it('has every id once, and every reference to one resolves', async () => {
    const document = await htmlReport(RUN_SUMMARY)
    const ids = [...document.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, id] of document.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id)
  })

  it('escapes hostile names wherever they are shown', async () => {
    const hostile = `<script>alert("x")</script>'&zr0-`
    const document = await htmlReport({
      ...RUN_SUMMARY,
      scenario: { name: hostile, hash: hostile, source: hostile },
      policy: hostile,
      target: hostile,
      runId: hostile,
      warnings: [hostile],
      failures: { [hostile]: 1 },
      stopped: hostile,
      faults: [{ ...fault(hostile, 0, 60_000), what: hostile, where: hostile }],
      checks: [{ name: hostile, passes: 1, fails: 1 }],
      byAction: RUN_SUMMARY.byAction.map((action) => ({ ...action, action: hostile })),
      phases: RUN_SUMMARY.phases.map((phase) => ({ ...phase, name: hostile })),
      services: RUN_SUMMARY.services.map((service) => ({
        ...service,
        service: hostile,
        instances: service.instances.map((instance) => ({ ...instance, instance: hostile })),
      })),
      training: { ...RUN_SUMMARY.training!, algorithm: hostile },
      comparison: {
        ...RUN_SUMMARY.comparison!,
        reference: hostile,
        learned: hostile,
        rows: RUN_SUMMARY.comparison!.rows.map((row) => ({ ...row, policy: hostile })),
      },
    })
    expectWellFormed(document)
    expect(document).not.toContain('<script')
    expect(document).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;zr0-')
  })

  it('shows the requests that the balancer shed, where it did', async () => {
    const services = RUN_SUMMARY.services.map((service) => ({ ...service, sheds: 98_765 }))
    expect(await htmlReport({ ...RUN_SUMMARY, services })).toMatch(/>shed<[\s\S]*98,765/)
    expect(await htmlReport(RUN_SUMMARY)).not.toContain('>shed<')
  })

  it('does without what the run does not have', async () => {
    const document = await htmlReport(EMPTY_RUN_SUMMARY)
    expectWellFormed(document)
    expect(chartIds(document)).toEqual([])
    expect(document).toContain('interrupted')
  })

  it('shades the faults behind the lines of all charts over time, with numbers and names that stay apart', async () => {
    const faults = Array.from({ length: 60 }, (_, i) => fault('gc-pauses', i * 9_500, i * 9_500 + 15_000))
    for (const shown of [faults.slice(3, 4), faults, faults.toReversed()]) {
      const document = await htmlReport({ ...RUN_SUMMARY, faults: shown })
      expectWellFormed(document)
      expect(document.match(/fill="var\(--purple\)"/g)).toHaveLength(3 * shown.length)
    }
    const [first] = (await htmlReport({ ...RUN_SUMMARY, faults: faults.slice(3, 4) })).match(
      />1 gc-pauses</g,
    )!
    expect(first).toBeDefined()
  })

  it('lists each fault beside the times without, and cuts a list that nobody reads', async () => {
    const document = await htmlReport(RUN_SUMMARY)
    expect(document).toContain('1 latency factor=4')
    expect(document).toContain('no fault at work')
    const many = Array.from({ length: 250 }, (_, i) => fault('crash', i, i + 1))
    const cut = await htmlReport({ ...RUN_SUMMARY, faults: many })
    expect(cut).toContain('200 crash')
    expect(cut).not.toContain('201 crash')
    expect(cut).toContain('and 50 more in summary.json')
  })

  it('shows what a failure costs a policy beside what it gives to those it serves', async () => {
    const document = await htmlReport({ ...RUN_SUMMARY, comparison: FAILING_COMPARISON })
    expect(document).toContain('<td>270 ms</td><td>71.2 ms</td><td>206 ms</td>')
    expect(document).not.toContain('>bound<')
    expect(await htmlReport(RUN_SUMMARY)).toContain('>bound<')
  })

  it('does not shade what came after the end of a run that was cut', async () => {
    const faults = [fault('crash', 590_000, 700_000), fault('errors', 600_000, 700_000)]
    const document = await htmlReport({ ...RUN_SUMMARY, faults })
    expect(document.match(/fill="var\(--purple\)"/g)).toHaveLength(3)
    expect(document).not.toMatch(/NaN|Infinity/)
  })

  it('draws one point, unknown numbers, zeros and a ratio without an interval', async () => {
    const unknown = Number.NaN
    const point = RUN_SUMMARY.series[0]!
    const phase = RUN_SUMMARY.phases[0]!
    const cases: Partial<RunSummary>[] = [
      { series: [point] },
      { series: [{ ...point, users: 0, requestsPerSecond: 0, errorRate: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 }] },
      {
        series: [{ ...point, errorRate: unknown, p50Ms: unknown, p95Ms: unknown, p99Ms: unknown }],
        phases: [],
      },
      { durationMs: 0, series: [{ ...point, tMs: 0 }], phases: [{ ...phase, endMs: phase.startMs }] },
      { phases: [{ ...phase, latency: EMPTY_RUN_SUMMARY.latency }] },
      { experience: { ...RUN_SUMMARY.experience, meanReward: unknown, meanRewards: { latency: unknown } } },
      { training: { ...RUN_SUMMARY.training!, curve: [{ epoch: 1, loss: unknown, validation: unknown }] } },
      { comparison: FAILING_COMPARISON },
      {
        comparison: {
          ...RUN_SUMMARY.comparison!,
          boundMs: unknown,
          rows: RUN_SUMMARY.comparison!.rows.map((row) => ({
            ...row,
            ratioLow: unknown,
            ratioHigh: unknown,
          })),
        },
      },
    ]
    for (const change of cases) {
      const document = await htmlReport({ ...RUN_SUMMARY, ...change })
      expectWellFormed(document)
      expect(document).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  it('says how much could be seen of a balancer that is not ours', async () => {
    const capture = {
      instanceFrom: 'header <x>',
      attempts: 4,
      answered: 4,
      named: 3,
      retried: 0,
      strangers: {},
      propensities: 'not known',
      missingFeatures: [],
      polls: [],
    } as const
    const document = await htmlReport({ ...RUN_SUMMARY, capture })
    expectWellFormed(document)
    expect(document).toContain(
      '75.0% of 4 answers named their instance (header &lt;x&gt;); propensities: not known',
    )
  })
})
