/** What oracles are told, against the replicas and against what became of the calls. */
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import { plainMint, Shop } from '../../../src/shop/index.ts'
import { createRouters } from '../../../src/worlds/index.ts'
import { Agenda } from '../../../src/worlds/virtual/agenda.ts'
import { ReplicaBank } from '../../../src/worlds/virtual/replica-bank.ts'
import { TrueStates } from '../../../src/worlds/virtual/true-states.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { runVirtually } from '../virtual-run.ts'
import { inventoryFault, troubled } from './troubled-run.ts'

const CART = 2

function setUp(policy: string) {
  const services = { ...smallScenario.shop.services }
  services['cart-service'] = { ...services['cart-service'], speeds: [1, 0.5, 2], workers: 3 }
  const scenario = { ...smallScenario, shop: { ...smallScenario.shop, services } }
  const agenda = new Agenda(1)
  const replicas = new ReplicaBank(new Shop(scenario, plainMint), scenario, agenda)
  const routers = createRouters(scenario, policyFactory(policy), new RandomStreams(1))
  const truths = new TrueStates(routers, replicas)
  return { agenda, replicas, routers, truths }
}

describe('the truth', () => {
  it('is that of the replicas', () => {
    const { agenda, replicas, routers, truths } = setUp('least-work-left')
    replicas.arrive(CART, 0, 1, 30)
    replicas.arrive(CART, 0, 2, 50)
    replicas.arrive(CART, 1, 3, 10)
    replicas.change({
      atMs: 0,
      service: CART,
      instance: 2,
      fault: 0,
      effect: { speed: 0.25 },
    })
    agenda.skipTo(10)
    truths.fill(CART, 7, agenda.nowMs)
    const truth = routers[CART]!.observation.truth!
    expect(truth.workMs).toBe(7)
    expect([...truth.speeds]).toEqual([1, 0.5, 0.5])
    expect([...truth.workers]).toEqual([3, 3, 3])
    expect([...truth.workLeftMs]).toEqual([60, 5, 0])
    // One worker of three is free at each.
    expect([...truth.addedMs]).toEqual([7, 14, 14])
  })

  it('is that who is down does nothing', () => {
    const { replicas, routers, truths } = setUp('shortest-expected-delay')
    replicas.change({ atMs: 0, service: CART, instance: 0, fault: 0, effect: { down: true } })
    truths.fill(CART, 7, 0)
    const { speeds, addedMs } = routers[CART]!.observation.truth!
    expect([...speeds]).toEqual([0, 0.5, 2])
    expect([...addedMs]).toEqual([Number.POSITIVE_INFINITY, 14, 3.5])
  })

  it('is told to oracles only', () => {
    const { routers, truths } = setUp('least-outstanding')
    expect([truths.needed(CART), routers[CART]!.observation.truth]).toEqual([false, undefined])
    expect(setUp('epsilon-greedy(least-work-left)').truths.needed(CART)).toBe(true)
  })
})

describe('an oracle in a run', () => {
  // Health checks come too late to notice.
  const slow = troubled({ faults: [inventoryFault('capacity-dip', { factor: 0 }, ['inventory-service-1'])] })
  const sent = (policy: string) =>
    runVirtually(slow, { policy }).records.filter(
      ({ service, t }) => service === 'inventory-service' && t < 120_000,
    )

  it.each(['least-work-left', 'least-added-delay', 'shortest-expected-delay'])(
    '%s knows who stands still',
    (policy) => {
      const records = sent(policy)
      expect(records.length).toBeGreaterThan(500)
      expect(records.filter(({ action }) => action!.index === 0)).toEqual([])
    },
  )

  it('is the same run every time', () => {
    const run = () => runVirtually(troubled({}), { policy: 'least-work-left' }).jsonl
    expect(run()).toBe(run())
  })
})
