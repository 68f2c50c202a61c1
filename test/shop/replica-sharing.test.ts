import { describe, expect, it } from 'vitest'
import { Shop } from '../../src/shop/index.ts'
import { MINIMAL } from '../scenario/scenario-files.ts'
import { scenarioOf } from './small-scenario.ts'
import { completeUntil, replicaOf, serveAll } from './station.ts'

describe('processor sharing', () => {
  const sharing = (options = {}) => replicaOf({ discipline: 'ps', ...options })

  it('gives every job the same share of the cores, and one core at most', () => {
    const replica = sharing({ workers: 2 })
    const arrivals = [30, 30, 10].map((workMs) => ({ atMs: 0, workMs }))
    // Three share two cores until the short one is done at 15; the two others have 20 left and a core each.
    expect(serveAll(replica, arrivals)).toEqual([
      { job: 2, queueMs: 0, workMs: 15, doneAtMs: 15 },
      { job: 0, queueMs: 0, workMs: 35, doneAtMs: 35 },
      { job: 1, queueMs: 0, workMs: 35, doneAtMs: 35 },
    ])
  })

  it('says that a job is worked on at once, and counts those beyond one per core as waiting', () => {
    const replica = sharing({ workers: 2, queueLimit: 1 })
    expect([0, 1, 2, 3].map((job) => replica.arrive(job, 10, 0))).toEqual([
      'working',
      'working',
      'working',
      'refused',
    ])
    expect([replica.inSystem, replica.waiting]).toEqual([3, 1])
    expect(replica.report(5)).toEqual({ healthy: true, cpu: 1, memory: 1, queueDepth: 1 })
  })

  it('looks after a short job that comes late sooner than after the long one', () => {
    const replica = sharing()
    replica.arrive(0, 100, 0)
    expect(replica.nextEventAtMs()).toBe(100)
    replica.arrive(1, 10, 50)
    expect(replica.nextEventAtMs()).toBe(70)
    replica.setSpeedFactor(0, 60) // 5 and 45 left
    expect(replica.nextEventAtMs()).toBe(Number.POSITIVE_INFINITY)
    replica.setSpeedFactor(2, 80)
    expect(completeUntil(replica, 1000).map(({ job, doneAtMs }) => [job, doneAtMs])).toEqual([
      [1, 85],
      [0, 105],
    ])
  })

  it('drops in the order of arrival', () => {
    const replica = sharing()
    for (const [job, workMs] of [50, 10, 30].entries()) replica.arrive(job, workMs, 0)
    expect(replica.drop(5)).toEqual([0, 1, 2])
    expect(replica.nextEventAtMs()).toBe(Number.POSITIVE_INFINITY)
  })

  it('is what a service has if its scenario says so', () => {
    const { replicas } = new Shop(scenarioOf(`${MINIMAL}\nshop: { services: { cart: { discipline: ps } } }`))
    const [sharing, queueing] = [replicas['cart-service'][0]!, replicas['user-service'][0]!]
    expect([0, 1, 2].map((job) => sharing.arrive(job, 10, 0)).at(-1)).toBe('working')
    expect([0, 1, 2].map((job) => queueing.arrive(job, 10, 0)).at(-1)).toBe('waiting')
  })
})
