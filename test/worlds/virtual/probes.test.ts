/** Probes of a policy on their way to the replicas and back. */
import { beforeEach, describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { type Observation, type Policy, type ProbeReport, policyFactory } from '../../../src/routing/index.ts'
import type { Effect } from '../../../src/shop/index.ts'
import { plainMint, Shop } from '../../../src/shop/index.ts'
import { createRouters } from '../../../src/worlds/index.ts'
import { Agenda, indexOf, kindOf, PROBE } from '../../../src/worlds/virtual/agenda.ts'
import { Probes } from '../../../src/worlds/virtual/probes.ts'
import { ReplicaBank } from '../../../src/worlds/virtual/replica-bank.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { runVirtually } from '../virtual-run.ts'
import { inventoryFault, troubled } from './troubled-run.ts'

const HOP_MS = 2
const CART = 2

/** Round robin that has whom it is told to probed, and remembers what it hears. */
class Curious implements Policy {
  readonly id = 'curious'
  readonly version = '1'
  readonly heard: ProbeReport[] = []
  wanted: readonly number[] = []
  readonly #inner = policyFactory('round-robin')('cart-service')

  choose(observation: Observation, random: () => number, propensities: Float64Array): number {
    return this.#inner.choose(observation, random, propensities)
  }

  probes(_observation: Observation, _random: () => number, targets: Int32Array): number {
    targets.set(this.wanted)
    return this.wanted.length
  }

  onProbe(report: ProbeReport): void {
    this.heard.push({ ...report })
  }
}

let agenda: Agenda
let replicas: ReplicaBank
let probes: Probes
let policies: Curious[]

beforeEach(() => {
  const scenario = { ...smallScenario, shop: { ...smallScenario.shop, hopMs: HOP_MS } }
  agenda = new Agenda(HOP_MS)
  replicas = new ReplicaBank(new Shop(scenario, plainMint), scenario, agenda)
  policies = []
  const routers = createRouters(
    scenario,
    () => {
      policies.push(new Curious())
      return policies.at(-1)!
    },
    new RandomStreams(1),
  )
  const randoms = routers.map(() => () => 0)
  probes = new Probes({ agenda, replicas, routers, randoms, hopMs: HOP_MS })
})

function probe(...instances: number[]): void {
  policies[CART]!.wanted = instances
  probes.send(CART)
}

function befall(instance: number, effect: Effect): void {
  replicas.change({ atMs: agenda.nowMs, service: CART, instance, fault: 0, effect })
}

/** Lets all happen that happens before `untilMs`, and returns what was heard, in the order in which it was. */
function until(untilMs: number): (readonly [atMs: number, instance: number, inFlight: number])[] {
  while (agenda.nextTimeMs <= untilMs) {
    const event = agenda.takeNext()
    if (kindOf(event) === PROBE) probes.goOn(indexOf(event))
  }
  agenda.skipTo(untilMs)
  return policies[CART]!.heard.map(({ nowMs, instance, inFlight }) => [nowMs, instance, inFlight])
}

describe('a probe', () => {
  it('is answered after one hop, with how it was at half of it', () => {
    probe(1)
    until(0.5)
    replicas.arrive(CART, 1, 7, 1000)
    expect(until(1.5)).toEqual([])
    replicas.arrive(CART, 1, 8, 1000)
    expect(until(10)).toEqual([[2, 1, 1]])
  })

  it('is one of several, each to its own instance and of its own service', () => {
    replicas.arrive(CART, 2, 7, 1000)
    probe(0, 2)
    expect(until(10)).toEqual([
      [2, 0, 0],
      [2, 2, 1],
    ])
    for (const [service, { heard }] of policies.entries()) if (service !== CART) expect(heard).toEqual([])
  })

  it('is not sent if the policy wants none', () => {
    probe()
    expect(agenda.nextTimeMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('gets no answer from who is down or keeps silent', () => {
    probe(0, 1, 2)
    until(0.5)
    befall(0, { down: true })
    befall(1, { verdict: { share: 1, of: { kind: 'silence' } } })
    expect(until(10)).toEqual([[2, 2, 0]])
  })

  it('is answered by who fails requests, and as late as its other answers', () => {
    befall(0, { verdict: { share: 1, of: { kind: 'answer', status: 503, afterMs: 0 } } })
    befall(1, { delay: { latencyMs: 30, jitterMs: 0, factor: 1, rate: 1 } })
    probe(0, 1)
    expect(until(100)).toEqual([
      [2, 0, 0],
      [32, 1, 0],
    ])
  })

  it('is answered as often as it is sent, however many are under way', () => {
    for (let k = 0; k < 50; k++) {
      probe(k % 3, (k + 1) % 3)
      until(k / 4)
    }
    expect(until(100)).toHaveLength(100)
  })
})

describe('prequal in a run', () => {
  const run = (policy: string) => runVirtually(troubled({}), { policy, seed: 4 })

  it('decides by what it hears: not uniformly, as without probes', () => {
    const sharp = (policy: string) => {
      const { records } = run(policy)
      return records.filter(({ propensity }) => propensity!.includes(1)).length / records.length
    }
    expect(sharp('prequal')).toBeGreaterThan(0.3)
    expect(sharp('prequal(probes=0)')).toBe(0)
  })

  it('is the same run every time', () => {
    expect(run('prequal').jsonl).toBe(run('prequal').jsonl)
  })

  it('leaves a replica alone that slows down', () => {
    const slow = troubled({
      faults: [inventoryFault('capacity-dip', { factor: 0.1 }, ['inventory-service-1'])],
    })
    const shareOf = (policy: string) => {
      const sent = runVirtually(slow, { policy }).records.filter(
        ({ service }) => service === 'inventory-service',
      )
      return sent.filter(({ action }) => action!.index === 0).length / sent.length
    }
    expect(shareOf('random')).toBeGreaterThan(0.45)
    expect(shareOf('prequal')).toBeLessThan(0.35)
  })
})
