/**
 * One scenario, one seed, one policy, in both worlds: the live one over real sockets with the target in a process of
 * its own, the virtual one in discrete events. What a router is trained and judged on in virtual time is worth
 * something only if these agree.
 *
 * Needs the build in `dist/`: the target process runs from there.
 */
import { describe, expect, it } from 'vitest'
import { type Scenario, SERVICES } from '../../src/scenario/index.ts'
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

interface Measurement {
  readonly requests: number
  readonly failures: number
  readonly actionShares: ReadonlyMap<string, number>
  readonly meanMs: number
  readonly p99Ms: number
  /** Decisions of the balancer, the calls between services included. */
  readonly decisions: number
  readonly serviceShares: ReadonlyMap<string, number>
}

function measure(
  requests: readonly { action: string; latencyMs: number; expected: boolean }[],
  decisions: DecisionStatistics,
): Measurement {
  const latencies = requests.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
  const actionShares = new Map<string, number>()
  for (const { action } of requests)
    actionShares.set(action, (actionShares.get(action) ?? 0) + 1 / requests.length)
  const answers = decisions.services.map(({ latency }) => latency.count)
  const total = answers.reduce((sum, count) => sum + count, 0)
  return {
    requests: requests.length,
    failures: requests.filter(({ expected }) => !expected).length,
    actionShares,
    meanMs: latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length,
    p99Ms: latencies[Math.ceil(0.99 * latencies.length) - 1]!,
    decisions: total,
    serviceShares: new Map(SERVICES.map((service, i) => [service, answers[i]! / total])),
  }
}

function measureVirtual(): Measurement {
  const { requests, decisions } = runVirtually(scenario, { seed: SEED, policy: POLICY, recorded: false })
  return measure(
    requests.map((request) => ({ ...request, latencyMs: request.endMs - request.intendedMs })),
    decisions,
  )
}

async function measureLive(): Promise<Measurement> {
  const live: Scenario = { ...scenario, world: 'live' }
  const target = await TargetProcess.start({ scenario: live, seed: SEED, policy: POLICY, port: 0 })
  const client = new HttpClient(target.url, 64)
  const requests: { action: string; latencyMs: number; expected: boolean }[] = []
  const observer: RunObserver = {
    onRequest: ({ action, intendedMs, endMs, expected }) => {
      requests.push({ action, latencyMs: endMs - intendedMs, expected })
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
function disagreements(live: Measurement, virtual: Measurement): string[] {
  const found: string[] = []
  const compare = (what: string, a: number, b: number, limit: number) => {
    if (!(distance(a, b) <= limit)) found.push(`${what}: live ${a}, virtual ${b}`)
  }
  compare('requests', live.requests, virtual.requests, 0.15)
  compare('mean latency', live.meanMs, virtual.meanMs, 0.15)
  compare('p99 latency', live.p99Ms, virtual.p99Ms, 0.25)
  compare('decisions', live.decisions, virtual.decisions, 0.15)
  for (const shares of ['actionShares', 'serviceShares'] as const) {
    for (const name of new Set([...live[shares].keys(), ...virtual[shares].keys()])) {
      const [a, b] = [live[shares].get(name) ?? 0, virtual[shares].get(name) ?? 0]
      if (Math.abs(a - b) > 0.05) found.push(`share of ${name}: live ${a}, virtual ${b}`)
    }
  }
  return found
}

describe('both worlds', () => {
  const virtual = measureVirtual()

  it('agree on how many requests there are, of which kind, and how long they take', {
    timeout: 60_000,
  }, async () => {
    let live = await measureLive()
    let found = disagreements(live, virtual)
    if (found.length > 0) {
      console.warn(`conformance: trying again, the machine may have been busy:\n${found.join('\n')}`)
      live = await measureLive()
      found = disagreements(live, virtual)
    }
    expect(found).toEqual([])
    expect([live.failures, virtual.failures]).toEqual([0, 0])
    expect(virtual.requests).toBeGreaterThan(200)
  })

  it('would not agree if the shop were another', () => {
    const faster = { ...virtual, meanMs: virtual.meanMs * 0.84 }
    const shifted = { ...virtual, actionShares: new Map(virtual.actionShares).set('browse', 0) }
    expect(disagreements(virtual, virtual)).toEqual([])
    expect(disagreements(faster, virtual)).toHaveLength(1)
    expect(disagreements(shifted, virtual)).toHaveLength(1)
  })
})
