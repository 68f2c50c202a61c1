import { describe, expect, it } from 'vitest'
import type { Fault, Scenario } from '../../src/scenario/index.ts'
import { SERVICES } from '../../src/scenario/index.ts'
import { FaultyTraffic } from '../../src/study/faulty-traffic.ts'
import { replay } from '../../src/study/index.ts'
import { meanFairness, ReplayDecisions } from '../../src/study/replay-decisions.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

const INVENTORY = SERVICES.indexOf('inventory-service')
const { shop } = smallScenario

/** Two workers of one inventory instance each, and nobody in doubt what the bound is. */
const scenario: Scenario = {
  ...smallScenario,
  phases: [phaseOf({ users: 12, rampUpMs: 0, pace: 6, durationMs: 30_000 })],
  shop: {
    ...shop,
    services: {
      ...shop.services,
      'inventory-service': {
        speeds: [1, 1],
        workers: 1,
        queueLimit: 64,
        discipline: 'fcfs',
      },
    },
  },
}

function decisionsOf(...workMs: readonly number[]): ReplayDecisions {
  const decisions = new ReplayDecisions(scenario, 1)
  for (const [i, work] of workMs.entries()) decisions.onSent(INVENTORY, i % 2, 0, work, 'user')
  return decisions
}

function faultOf(instances: readonly string[], startMs = 5_000, durationMs = 10_000): Fault {
  return { kind: 'errors', instances, share: 1, startMs, durationMs, parameters: { rate: 0.5, status: 500 } }
}

describe('the wait that nobody can avoid', () => {
  it('is that of one server with the speed of all, which always does the shortest job', () => {
    // 10 and 30 at once on a server of speed 2: done at 5 and 20, 25 together; alone they take 10 + 30.
    expect(decisionsOf(10, 30).unavoidableWaitMs).toBe(0)
    // Eight of 10: done at 5, 10, ..., 40, 180 together; alone 80.
    expect(decisionsOf(10, 10, 10, 10, 10, 10, 10, 10).unavoidableWaitMs).toBeCloseTo(100, 9)
  })

  it('is unknown, and so none, where a request failed, was shed or was sent twice', () => {
    const jobs = [10, 10, 10, 10, 10, 10, 10, 10]
    const failed = decisionsOf(...jobs)
    failed.onAnswer(INVENTORY, 0, 5, true)
    const shed = decisionsOf(...jobs)
    shed.onShed()
    const twice = decisionsOf(...jobs)
    twice.onSent(INVENTORY, 1, 1, 10, 'twin')
    expect([failed, shed, twice].map(({ unavoidableWaitMs }) => unavoidableWaitMs)).toEqual([0, 0, 0])
  })

  it('does not count work that no user waits for', () => {
    const decisions = decisionsOf(10, 10, 10, 10, 10, 10, 10, 10)
    for (let i = 0; i < 50; i++) decisions.onSent(INVENTORY, 0, 0, 10, 'nobody')
    expect(decisions.unavoidableWaitMs).toBeCloseTo(100, 9)
  })

  it('makes a bound that no policy gets below, not even an oracle, with either discipline', async () => {
    for (const discipline of ['fcfs', 'ps'] as const) {
      const services = { ...scenario.shop.services }
      services['inventory-service'] = { ...services['inventory-service'], discipline }
      const own = { ...scenario, shop: { ...scenario.shop, services } }
      for (const policy of ['random', 'least-outstanding', 'least-added-delay', 'least-work-left']) {
        const { meanLatencyMs, boundMs, errorRate } = await replay({ scenario: own, policy, seed: 5 })
        expect(errorRate).toBe(0)
        expect(meanLatencyMs).toBeGreaterThanOrEqual(boundMs)
      }
    }
  })
})

describe('fairness', () => {
  it('is by weight, and a mean over the services by their requests', () => {
    const sent = SERVICES.map(() => [0, 0])
    sent[INVENTORY] = [30, 10]
    expect(meanFairness(sent, scenario)).toBeCloseTo(1600 / (2 * 1000), 12)
    const services = { ...scenario.shop.services }
    services['inventory-service'] = { ...services['inventory-service'], weights: [3, 1] }
    expect(meanFairness(sent, { ...scenario, shop: { ...scenario.shop, services } })).toBeCloseTo(1, 12)
    expect(
      meanFairness(
        SERVICES.map(() => []),
        scenario,
      ),
    ).toBeNaN()
  })
})

describe('the traffic to faulty instances', () => {
  it('is counted over time for services of which some instances, but not all, are faulty', () => {
    const troubled = { ...scenario, faults: [faultOf(['inventory-service-2'])] }
    const traffic = new FaultyTraffic(troubled, 1)
    traffic.add(INVENTORY, 0, 500)
    traffic.add(INVENTORY, 1, 900)
    traffic.add(INVENTORY, 0, 1_500)
    traffic.add(SERVICES.indexOf('cart-service'), 0, 1_500)
    traffic.add(INVENTORY, 1, 1e9)
    const share = traffic.share!
    expect(share).toMatchObject({ bucketMs: 1000, evenShare: 0.5 })
    expect(share.sent).toHaveLength(30)
    expect([share.sent.slice(0, 2), share.sent.at(-1)]).toEqual([[2, 1], 1])
    expect([share.toFaulty.slice(0, 2), share.toFaulty.at(-1)]).toEqual([[1, 0], 1])
    expect(share.windows).toEqual([{ startMs: 5_000, endMs: 15_000 }])
  })

  it('says nothing where a fault befalls all, or none', () => {
    const all = faultOf(['inventory-service-1', 'inventory-service-2'])
    expect(new FaultyTraffic({ ...scenario, faults: [all] }, 1).share).toBeUndefined()
    expect(new FaultyTraffic(scenario, 1).share).toBeUndefined()
  })

  it('joins windows that overlap', () => {
    const faults = [faultOf(['inventory-service-1']), faultOf(['inventory-service-1'], 12_000, 4_000)]
    expect(new FaultyTraffic({ ...scenario, faults }, 1).share!.windows).toEqual([
      { startMs: 5_000, endMs: 16_000 },
    ])
  })
})
