/** `/metrics`: what Prometheus reads, and that it can. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Histogram } from '../../../src/stats/index.ts'
import { prometheusText } from '../../../src/worlds/balancer/admin/prometheus.ts'
import { type RunningAdminServer, startAdminServer } from '../../../src/worlds/balancer/admin-server.ts'
import { Recorder } from '../../../src/worlds/balancer/recorder.ts'
import { ask } from './admin-client.ts'
import { type ParsedFamily, parsePrometheus } from './parse-prometheus.ts'
import { SmallControl } from './small-control.ts'

describe('the text format', () => {
  it('keeps labels and help whatever is in them, and numbers to the last bit', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter((s) => !s.includes('\r') && !/[\u2028\u2029\u0085]/.test(s))
    const samples = fc.uniqueArray(
      fc.record({ label: text, value: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }) }),
      { minLength: 1, maxLength: 8, selector: ({ label }) => label },
    )
    fc.assert(
      fc.property(samples, fc.string(), (list, help) => {
        const written = prometheusText([
          {
            name: 'some_ratio',
            help,
            type: 'gauge',
            samples: list.map(({ label, value }) => ({ labels: { label }, value })),
          },
        ])
        const family = parsePrometheus(written).get('some_ratio')!
        expect(family.samples.map(({ labels, value }) => ({ label: labels.label, value }))).toEqual(list)
        expect(family.help).toBe(help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n'))
      }),
    )
  })

  it('numbers that are none', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const samples = values.map((value, i) => ({ labels: { i: String(i) }, value }))
    const written = prometheusText([{ name: 'odd', help: 'Odd.', type: 'gauge', samples }])
    expect(
      parsePrometheus(written)
        .get('odd')!
        .samples.map(({ value }) => value),
    ).toEqual(values)
  })

  it('histograms: seconds, cumulative, the last bucket is all', () => {
    const histogramMs = new Histogram()
    for (const ms of [0.5, 1, 5, 5, 30, 20_000]) histogramMs.record(ms)
    const samples = [{ labels: { service: 'cart' }, histogramMs }]
    const written = prometheusText([{ name: 'wait_seconds', help: 'Wait.', type: 'histogram', samples }])
    const family = parsePrometheus(written).get('wait_seconds')!
    const upTo = (le: string) => family.samples.find(({ labels }) => labels.le === le)!.value
    expect(['0.001', '0.0025', '0.005', '0.025', '0.05', '10', '+Inf'].map(upTo)).toEqual([
      2, 2, 4, 4, 5, 5, 6,
    ])
    const sum = family.samples.find(({ name }) => name === 'wait_seconds_sum')!
    expect(sum.value).toBeCloseTo(20.0415, 9)
    expect(sum.labels).toEqual({ service: 'cart' })
  })

  it('a family without series is left out: Prometheus wants no lonely TYPE', () => {
    expect(prometheusText([{ name: 'x', help: 'X.', type: 'gauge', samples: [] }])).toBe('\n')
  })
})

describe('a balancer', () => {
  let control: SmallControl
  let server: RunningAdminServer
  beforeEach(async () => {
    control = new SmallControl('least-outstanding', ['cart', 'odd "name"\\'])
    server = await startAdminServer({ control, port: 0 })
  })
  afterEach(() => server.close())

  async function scrape(): Promise<Map<string, ParsedFamily>> {
    const { status, headers, text } = await ask(server.url, 'GET /metrics')
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    return parsePrometheus(text)
  }
  const sumOf = (family: ParsedFamily | undefined, labels: Record<string, string>): number =>
    (family?.samples ?? [])
      .filter((sample) => Object.entries(labels).every(([name, value]) => sample.labels[name] === value))
      .reduce((sum, { value }) => sum + value, 0)

  it('that has done nothing yet can be scraped', async () => {
    const families = await scrape()
    expect(sumOf(families.get('loadgen_instances'), { service: 'odd "name"\\', state: 'healthy' })).toBe(2)
    expect(families.has('loadgen_answers_total')).toBe(false)
    expect(families.has('loadgen_records_total')).toBe(false)
  })

  it('tells what it counted, under our names and those of the predecessor', async () => {
    const [cart] = control.services
    for (const ms of [4, 40, 400]) cart!.serve(200, ms)
    cart!.serve(404, 1)
    cart!.serve(0, 30, 'timeout')
    cart!.begin()
    cart!.traffic.onRetry()
    cart!.router.onReport(0, { healthy: false, cpu: 0.5, memory: 0.25, queueDepth: 2 }, 0)
    const families = await scrape()
    const sum = (name: string, labels: Record<string, string> = {}): number =>
      sumOf(families.get(name), labels)
    expect(sum('loadgen_requests_total', { service: 'cart', status: '2xx' })).toBe(3)
    expect(sum('loadgen_requests_total', { service: 'cart', status: '5xx' })).toBe(1)
    expect(sum('loadgen_answers_total', { status: 'none' })).toBe(1)
    expect(sum('loadgen_answers_total')).toBe(5)
    expect(sum('loadgen_answer_failures_total', { kind: 'timeout' })).toBe(1)
    expect(sum('loadgen_answer_failures_total')).toBe(1)
    expect(sum('loadgen_retries_total', { service: 'cart' })).toBe(1)
    expect(sum('loadgen_request_duration_seconds', { service: 'cart', le: '0.05' })).toBe(4)
    expect(sum('loadgen_instance_in_flight', { service: 'cart' })).toBe(1)
    expect(sum('loadgen_instance_cpu_ratio', { instance: 'cart-1' })).toBe(0.5)
    expect(families.get('loadgen_instance_cpu_ratio')!.samples).toHaveLength(1)
    expect(sum('loadgen_instance_healthy', { service: 'cart' })).toBe(1)
    expect(families.get('loadgen_policy_info')!.samples[0]!.labels).toMatchObject({
      service: 'cart',
      policy: 'least-outstanding',
    })
    expect(sum('lb_proxy_requests_total', { service: 'cart' })).toBe(5)
    expect(sum('lb_proxy_errors_total', { service: 'cart' })).toBe(2)
    expect(sum('lb_pod_requests_total', { service: 'cart' })).toBe(5)
    expect(sum('lb_pod_errors_total', { service: 'cart' })).toBe(2)
    expect(sum('lb_active_connections', { service: 'cart' })).toBe(1)
    expect(sum('process_start_time_seconds')).toBe(Date.UTC(2026, 0, 1) / 1000)
  })

  it('an instance that is gone has no series any more', async () => {
    const [cart] = control.services
    for (let i = 0; i < 4; i++) cart!.serve(200, 4)
    cart!.drainInstance(0)
    const families = await scrape()
    for (const { samples } of families.values()) {
      for (const { labels } of samples) expect([labels.instance, labels.pod]).not.toContain('cart-1')
    }
  })

  it('tells of the recording', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'metrics-'))
    control.recorder = await Recorder.create({
      directory,
      run: 'test',
      source: { name: 'balancer.yaml', hash: 'abc' },
      seed: 1,
      services: [{ name: 'cart', instances: ['cart-1', 'cart-2'] }],
      routes: ['all'],
      reward: {
        targetLatencyMs: 100,
        weights: { latency: 1, error: 1, throughput: 1, balance: 1, satisfaction: 1 },
      },
      repeats: false,
      sample: 0.5,
      queueBytes: 1000,
      onMessage: () => {},
    })
    const families = await scrape()
    expect(sumOf(families.get('loadgen_recording'), {})).toBe(1)
    expect(families.get('loadgen_records_dropped_total')!.samples).toEqual([
      { name: 'loadgen_records_dropped_total', labels: {}, value: 0 },
    ])
    const { recorder } = (await ask(server.url, 'GET /api/v1/status')).json
    expect(recorder).toMatchObject({ directory, sample: 0.5, recorded: 0, dropped: 0, stopped: null })
    await control.recorder.finish()
    rmSync(directory, { recursive: true })
  })
})
