/** What each kind of fault does to one of two instances in the virtual world, and that it is gone afterwards. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { instanceFeature } from '../../../src/routing/index.ts'
import type { Scenario } from '../../../src/scenario/index.ts'
import { faultKinds } from '../../../src/shop/index.ts'
import { faultOf } from '../../shop/hostile-scenario.ts'
import { runVirtually, type VirtualRun } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

/** Between two health checks. */
const START_MS = 30_400
const LENGTH_MS = 30_000
/** After the window, so much is left for what is still under way, for health checks and for warming up. */
const SETTLED_MS = START_MS + LENGTH_MS + 15_000
const END_MS = 105_000
const SICK = 'inventory-service-1'
const UPSTREAM_TIMEOUT_MS = 2000

const base = openLoop(END_MS / 60_000, 4)
const scenario: Scenario = {
  ...base,
  routing: { ...base.routing, timeoutMs: UPSTREAM_TIMEOUT_MS },
  shop: {
    ...base.shop,
    workScale: 1.5,
    services: {
      ...base.shop.services,
      'inventory-service': { speeds: [1, 1], workers: 1, queueLimit: 64, discipline: 'fcfs' },
    },
  },
}

/** What the balancer met at the sick instance within a window of time. */
interface Sight {
  readonly decisions: number
  /** Of all decisions for the service. */
  readonly share: number
  readonly failedShare: number
  readonly failures: readonly string[]
  readonly meanMs: number
  readonly maxMs: number
  readonly unhealthy: boolean
  readonly memory: number
}

function look(records: readonly ExperienceRecord[], fromMs: number, toMs: number): Sight {
  const seen = records.filter(({ t, service }) => t >= fromMs && t < toMs && service === 'inventory-service')
  const sent = seen.filter(({ action }) => action!.instance === SICK)
  const failed = sent.filter(({ outcome }) => outcome!.failure !== null || outcome!.status >= 500)
  const latencies = sent
    .filter((record) => !failed.includes(record))
    .map(({ outcome }) => outcome!.latencyMs!)
  const rows = seen.map(({ state }) => state.instances[0]).filter((row) => row !== null && row !== undefined)
  const feature = (name: 'healthy' | 'memory') => rows.map((row) => row[instanceFeature(name)] ?? Number.NaN)
  return {
    decisions: sent.length,
    share: sent.length / seen.length,
    failedShare: failed.length / sent.length,
    failures: [...new Set(failed.map(({ outcome }) => outcome!.failure ?? String(outcome!.status)))],
    meanMs: latencies.reduce((sum, latencyMs) => sum + latencyMs, 0) / latencies.length,
    maxMs: Math.max(...latencies),
    unhealthy: rows.length < seen.length || feature('healthy').some((healthy) => healthy === 0),
    memory: Math.max(...feature('memory').filter((memory) => !Number.isNaN(memory))),
  }
}

interface Case {
  readonly parameters?: Readonly<Record<string, number>>
  readonly visible: (during: Sight, usual: Sight) => void
}

const fails = (share: number, failure: string) => (during: Sight) => {
  expect(Math.abs(during.failedShare - share)).toBeLessThan(0.1)
  expect(during.failures).toEqual([failure])
}
const slower = (factor: number) => (during: Sight, usual: Sight) => {
  expect(during.meanMs).toBeGreaterThan(factor * usual.meanMs)
  expect(during.failures).toEqual([])
}

const CASES: Readonly<Record<string, Case>> = {
  latency: {
    parameters: { latencyMs: 200, jitterMs: 50 },
    visible: (during, usual) => {
      expect(during.meanMs - usual.meanMs).toBeGreaterThan(180)
      expect(during.meanMs - usual.meanMs).toBeLessThan(220)
    },
  },
  errors: { parameters: { rate: 0.4, status: 500 }, visible: fails(0.4, '500') },
  timeouts: { parameters: { rate: 0.4, afterSeconds: 1 }, visible: fails(0.4, 'reset') },
  'black-hole': { parameters: { rate: 0.4 }, visible: fails(0.4, 'timeout') },
  refuse: { parameters: { rate: 0.4 }, visible: fails(0.4, 'reset') },
  reset: { parameters: { rate: 0.4, afterMs: 5 }, visible: fails(0.4, 'reset') },
  crash: {
    parameters: { warmUpSeconds: 10 },
    visible: (during, usual) => {
      // Until the next health check requests still go there.
      expect(during.failures).toContain('connect')
      expect(during.unhealthy).toBe(true)
      expect(during.share).toBeLessThan(0.2 * usual.share)
    },
  },
  leak: {
    visible: (during, usual) => {
      slower(1.2)(during, usual)
      expect(during.memory).toBeGreaterThan(usual.memory + 0.3)
    },
  },
  'gc-pauses': {
    parameters: { everySeconds: 5, pauseMs: 1000 },
    visible: (during, usual) => {
      slower(1.2)(during, usual)
      expect(during.maxMs).toBeGreaterThan(900)
    },
  },
  'noisy-neighbour': { parameters: { factor: 0.5, everySeconds: 5, forSeconds: 5 }, visible: slower(1.2) },
  'capacity-dip': { parameters: { factor: 0.5 }, visible: slower(1.9) },
  'fail-fast': { visible: fails(1, '503') },
  'flapping-health': {
    visible: (during, usual) => {
      expect(during.unhealthy).toBe(true)
      expect(during.failures).toEqual([])
      expect(during.share).toBeLessThan(0.8 * usual.share)
    },
  },
  'queue-shrink': {
    parameters: { queueLimit: 0 },
    visible: (during) => {
      expect(during.failures).toEqual(['503'])
      expect(during.failedShare).toBeGreaterThan(0.1)
    },
  },
  'cache-loss': { parameters: { missFactor: 2, refillSeconds: 30 }, visible: slower(1.2) },
}

it('is tried with every kind', () => expect(Object.keys(CASES)).toEqual(faultKinds.names))

describe.each(Object.entries(CASES))('%s', (kind, { parameters = {}, visible }) => {
  let run: VirtualRun
  beforeAll(() => {
    const fault = faultOf(kind, { instances: [SICK], startMs: START_MS, durationMs: LENGTH_MS, parameters })
    run = runVirtually({ ...scenario, faults: [fault] })
  })
  const usually = () => look(run.records, 0, START_MS - UPSTREAM_TIMEOUT_MS)

  it('is not there before its time', () => {
    const { failedShare, unhealthy } = usually()
    expect([failedShare, unhealthy]).toEqual([0, false])
  })

  it('shows', () => visible(look(run.records, START_MS, START_MS + LENGTH_MS), usually()))

  it('is gone afterwards', () => {
    const after = look(run.records, SETTLED_MS, END_MS)
    expect([after.failedShare, after.unhealthy]).toEqual([0, false])
    expect(after.decisions).toBeGreaterThan(100)
    expect(after.meanMs).toBeLessThan(1.3 * usually().meanMs)
    expect(after.memory).toBeLessThan(usually().memory + 0.1)
  })

  it('leaves no call without an answer, and no request without an end', () => {
    expect(run.stopped).toBeUndefined()
    expect(run.records.filter(({ outcome }) => outcome === null)).toEqual([])
    expect(run.records.filter(({ hop }) => hop === 0)).toHaveLength(run.requests.length)
  })
})
