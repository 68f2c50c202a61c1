/**
 * One scenario, one seed, one policy, in both worlds: the live one over real sockets with the target in a process of
 * its own, the virtual one in discrete events. What a router is trained and judged on in virtual time is worth
 * something only if these agree.
 *
 * Needs the build in `dist/`: the target process runs from there.
 */
import { describe, expect, it } from 'vitest'
import { type Fault, type Scenario, SERVICES } from '../../src/scenario/index.ts'
import {
  type DecisionStatistics,
  HttpClient,
  LiveWorld,
  type RunObserver,
  TargetProcess,
} from '../../src/worlds/index.ts'
import { scenarioOf } from '../shop/small-scenario.ts'
import { runVirtually } from './virtual-run.ts'

const POLICY = 'round-robin'
const SEED = 20

/** Service times of 0.1 to 0.35 s dwarf what sockets, timers and a busy machine add; replicas are a third busy. */
const scenario = scenarioOf(`
name: conformance
description: Ten hasty customers of a slow shop, for twelve seconds
seed: ${SEED}
timeScale: 20
accounts: 60
phases:
  - { name: only, durationMinutes: 0.2, users: 10, rampUpSeconds: 3, behaviors: { shopper: 1 } }
behaviors:
  shopper:
    description: Looks around for a while, buys now and then
    sessionMinutes: [1, 2]
    pagesPerSession: [8, 12]
    thinkTimeSeconds: [4, 8]
    conversionRate: 0.4
    cartAbandonmentRate: 0.3
    cartSize: [1, 2]
    actions: { browse: 30, search: 15, product: 30, cartAdd: 15, order: 10 }
shop:
  workScale: 10
  services:
    inventory: { speeds: [1, 1, 1] }
`)

/** More customers of a faster shop, for nine seconds; one replica of the inventory is slow and one fails. */
const troubled: Scenario = {
  ...scenario,
  phases: scenario.phases.map((phase) => ({ ...phase, durationMs: 9_000, users: 25 })),
  maxConcurrentUsers: 25,
  shop: { ...scenario.shop, workScale: 4 },
  faults: [
    faultOf('latency', 'inventory-service-1', { latencyMs: 300, jitterMs: 100, factor: 1, rate: 1 }),
    faultOf('errors', 'inventory-service-2', { rate: 0.5, status: 503, answerMs: 1 }),
  ],
  client: { ...scenario.client, retries: { ...scenario.client.retries, most: 1 } },
}

function faultOf(kind: string, instance: string, parameters: Fault['parameters']): Fault {
  return { kind, instances: [instance], share: 1, startMs: 0, durationMs: 9_000, parameters }
}

interface FinishedOnce {
  readonly action: string
  readonly latencyMs: number
  readonly expected: boolean
  readonly retries: number
}

interface Measurement {
  readonly requests: number
  readonly failures: number
  readonly retries: number
  readonly actionShares: ReadonlyMap<string, number>
  readonly meanMs: number
  readonly p99Ms: number
  /** Decisions of the balancer, the calls between services included. */
  readonly decisions: number
  readonly serviceShares: ReadonlyMap<string, number>
}

function measure(requests: readonly FinishedOnce[], decisions: DecisionStatistics): Measurement {
  const latencies = requests.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
  const actionShares = new Map<string, number>()
  for (const { action } of requests)
    actionShares.set(action, (actionShares.get(action) ?? 0) + 1 / requests.length)
  const answers = decisions.services.map(({ latency }) => latency.count)
  const total = answers.reduce((sum, count) => sum + count, 0)
  return {
    requests: requests.length,
    failures: requests.filter(({ expected }) => !expected).length,
    retries: requests.reduce((sum, { retries }) => sum + retries, 0),
    actionShares,
    meanMs: latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length,
    p99Ms: latencies[Math.ceil(0.99 * latencies.length) - 1]!,
    decisions: total,
    serviceShares: new Map(SERVICES.map((service, i) => [service, answers[i]! / total])),
  }
}

function measureVirtual(settings: Scenario): Measurement {
  const { requests, decisions } = runVirtually(settings, { seed: SEED, policy: POLICY, recorded: false })
  return measure(
    requests.map((request) => ({ ...request, latencyMs: request.endMs - request.intendedMs })),
    decisions,
  )
}

async function measureLive(settings: Scenario): Promise<Measurement> {
  const live: Scenario = { ...settings, world: 'live' }
  const target = await TargetProcess.start({ scenario: live, seed: SEED, policy: POLICY, port: 0 })
  const client = new HttpClient(target.url, 64)
  const requests: FinishedOnce[] = []
  const observer: RunObserver = {
    onRequest: ({ action, intendedMs, endMs, expected, retries }) => {
      requests.push({ action, latencyMs: endMs - intendedMs, expected, retries })
    },
    onSessionStart: () => {},
    onSessionEnd: () => {},
    onCheck: () => {},
    onUsers: () => {},
    onDropped: () => {},
  }
  const world = new LiveWorld({
    scenario: live,
    seed: SEED,
    observer,
    client,
    pathPrefix: '/proxy',
    startEpochMs: target.startEpochMs,
    accountPrefix: 'v',
  })
  await world.run(new AbortController().signal)
  await client.close()
  const { observed } = await target.stop()
  return measure(requests, observed)
}

const distance = (a: number, b: number) => Math.abs(a / b - 1)

/** Everything in which the live world is further from the virtual one than it may be. */
function disagreements(live: Measurement, virtual: Measurement, p99Limit = 0.25): string[] {
  const found: string[] = []
  const compare = (what: string, a: number, b: number, limit: number) => {
    if (!(distance(a, b) <= limit)) found.push(`${what}: live ${a}, virtual ${b}`)
  }
  compare('requests', live.requests, virtual.requests, 0.15)
  compare('mean latency', live.meanMs, virtual.meanMs, 0.15)
  compare('p99 latency', live.p99Ms, virtual.p99Ms, p99Limit)
  compare('decisions', live.decisions, virtual.decisions, 0.15)
  for (const what of ['failures', 'retries'] as const) {
    const [a, b] = [live[what] / live.requests, virtual[what] / virtual.requests]
    if (Math.abs(a - b) > 0.06) found.push(`${what} per request: live ${a}, virtual ${b}`)
  }
  for (const shares of ['actionShares', 'serviceShares'] as const) {
    for (const name of new Set([...live[shares].keys(), ...virtual[shares].keys()])) {
      const [a, b] = [live[shares].get(name) ?? 0, virtual[shares].get(name) ?? 0]
      if (Math.abs(a - b) > 0.05) found.push(`share of ${name}: live ${a}, virtual ${b}`)
    }
  }
  return found
}

/** Runs the scenario live, a second time if need be, and returns what differs from the virtual run of it. */
async function compareWorlds(settings: Scenario, virtual: Measurement, p99Limit?: number) {
  let live = await measureLive(settings)
  let found = disagreements(live, virtual, p99Limit)
  if (found.length > 0) {
    console.warn(`conformance: trying again, the machine may have been busy:\n${found.join('\n')}`)
    live = await measureLive(settings)
    found = disagreements(live, virtual, p99Limit)
  }
  return { live, found }
}

describe('both worlds', () => {
  const virtual = measureVirtual(scenario)

  it('agree on how many requests there are, of which kind, and how long they take', {
    timeout: 60_000,
  }, async () => {
    const { live, found } = await compareWorlds(scenario, virtual)
    expect(found).toEqual([])
    expect([live.failures, virtual.failures]).toEqual([0, 0])
    expect(virtual.requests).toBeGreaterThan(200)
  })

  it('agree when instances are slow and fail, and clients try again', { timeout: 60_000 }, async () => {
    const inTrouble = measureVirtual(troubled)
    // The tail is made of the few that met a fault twice.
    const { found } = await compareWorlds(troubled, inTrouble, 0.35)
    expect(found).toEqual([])
    // The faults are to be seen: without them, these would not agree.
    expect(inTrouble.meanMs).toBeGreaterThan(1.15 * measureVirtual({ ...troubled, faults: [] }).meanMs)
    expect(inTrouble.retries).toBeGreaterThan(0.06 * inTrouble.requests)
    expect(inTrouble.failures).toBeGreaterThan(0)
  })

  it('would not agree if the shop were another', () => {
    const faster = { ...virtual, meanMs: virtual.meanMs * 0.84 }
    const shifted = { ...virtual, actionShares: new Map(virtual.actionShares).set('browse', 0) }
    expect(disagreements(virtual, virtual)).toEqual([])
    expect(disagreements(faster, virtual)).toHaveLength(1)
    expect(disagreements(shifted, virtual)).toHaveLength(1)
    const failing = { ...virtual, failures: 0.07 * virtual.requests }
    expect(disagreements(failing, virtual)).toHaveLength(1)
  })
})
