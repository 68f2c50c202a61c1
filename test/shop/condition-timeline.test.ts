import { describe, expect, it } from 'vitest'
import type { Scenario } from '../../src/scenario/index.ts'
import { SERVICES } from '../../src/scenario/index.ts'
import { type ConditionChange, ConditionTimeline, effectEndMs } from '../../src/shop/index.ts'
import { faultOf, hostileScenario } from './hostile-scenario.ts'
import { phaseOf } from './small-scenario.ts'

function changesOf(scenario: Scenario, seed = 1): ConditionChange[] {
  const timeline = new ConditionTimeline(scenario, seed)
  const changes: ConditionChange[] = []
  while (timeline.nextAtMs !== Number.POSITIVE_INFINITY) {
    const atMs = timeline.nextAtMs
    changes.push(timeline.take())
    expect(changes.at(-1)!.atMs).toBe(atMs)
  }
  return changes
}

const CART = SERVICES.indexOf('cart-service')

describe('the timeline', () => {
  it('tells the changes of all faults in the order of time, each on its instance', () => {
    const changes = changesOf(
      hostileScenario({
        faults: [
          faultOf('capacity-dip', { startMs: 200, durationMs: 100, instances: ['cart-service-3'] }),
          faultOf('refuse', { startMs: 100, durationMs: 300, instances: ['cart-service-1'] }),
        ],
      }),
    )
    expect(changes.map(({ atMs, service, instance, fault }) => [atMs, service, instance, fault])).toEqual([
      [100, CART, 0, 1],
      [200, CART, 2, 0],
      [300, CART, 2, 0],
      [400, CART, 0, 1],
    ])
    expect(changes.map(({ effect }) => effect === undefined)).toEqual([false, false, true, true])
  })

  it('tells changes at one time in the order of the faults, and of their instances', () => {
    const windows = [
      { startMs: 300, durationMs: 100 },
      { startMs: 300, durationMs: 100 },
      { startMs: 100, durationMs: 200 },
    ]
    const changes = changesOf(
      hostileScenario({
        faults: windows.map((window, i) =>
          faultOf(['capacity-dip', 'refuse', 'latency'][i]!, {
            ...window,
            instances: ['cart-service-2', 'cart-service-1'],
          }),
        ),
      }),
    )
    const [first, second, third] = [0, 1, 2].map((fault) => [0, 1].map((instance) => [fault, instance]))
    expect(changes.map(({ fault, instance }) => [fault, instance])).toEqual(
      [third, first, second, third, first, second].flat(),
    )
  })

  it('tells all changes of faults that are listed in any order', () => {
    const faults = Array.from({ length: 200 }, (_, i) =>
      faultOf('capacity-dip', { startMs: 1000 * i, durationMs: 1500 }),
    ).reverse()
    const changes = changesOf(hostileScenario({ faults }))
    expect(changes).toHaveLength(200 * 3 * 2)
    const times = changes.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('has nothing to tell where nothing goes wrong', () => {
    expect(new ConditionTimeline(hostileScenario({}), 1).nextAtMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes endless changes one by one: nothing is made before it is needed', () => {
    const scenario = hostileScenario({
      faults: [
        faultOf('gc-pauses', {
          startMs: 0,
          durationMs: 1e12,
          parameters: { everySeconds: 0.01, pauseMs: 1 },
        }),
      ],
    })
    const timeline = new ConditionTimeline(scenario, 1)
    let lastMs = 0
    for (let i = 0; i < 1000; i++) {
      const { atMs } = timeline.take()
      expect(atMs).toBeGreaterThanOrEqual(lastMs)
      lastMs = atMs
    }
    expect(timeline.nextAtMs).toBeGreaterThan(lastMs)
  })

  it('carries background loads beside faults, on every replica of the service', () => {
    const phases = [phaseOf({ startMs: 0, durationMs: 1000, backgroundLoad: { 'cart-service': 0.25 } })]
    const changes = changesOf({
      ...hostileScenario({ faults: [faultOf('capacity-dip', { startMs: 500, durationMs: 100 })] }),
      phases,
    })
    const background = changes.filter(({ fault }) => fault === -1)
    expect(background.map(({ atMs, instance, effect }) => [atMs, instance, effect])).toEqual([
      ...[0, 1, 2].map((instance) => [0, instance, { speed: 0.75 }]),
      ...[0, 1, 2].map((instance) => [1000, instance, { speed: 1 }]),
    ])
    expect(changes.filter(({ fault }) => fault === 0)).toHaveLength(6)
  })

  it('draws the same for the same seed, and otherwise for another', () => {
    const scenario = hostileScenario({ faults: [faultOf('noisy-neighbour', { durationMs: 600_000 })] })
    expect(changesOf(scenario, 3)).toEqual(changesOf(scenario, 3))
    expect(changesOf(scenario, 4)).not.toEqual(changesOf(scenario, 3))
  })

  it('draws for every instance of its own', () => {
    const changes = changesOf(hostileScenario({ faults: [faultOf('gc-pauses', { durationMs: 600_000 })] }))
    const firstOf = (wanted: number) => changes.find(({ instance }) => instance === wanted)!.atMs
    expect(new Set([0, 1, 2].map(firstOf)).size).toBe(3)
  })
})

it('knows when nothing is left of a fault', () => {
  const window = { startMs: 1000, durationMs: 600_000 }
  const endOf = (kind: string, parameters = {}) => effectEndMs(faultOf(kind, { ...window, parameters }))
  expect(endOf('errors')).toBe(601_000)
  expect(endOf('crash', { warmUpSeconds: 20 })).toBe(621_000)
  expect(endOf('cache-loss', { refillSeconds: 10 })).toBe(81_000)
  expect(endOf('cache-loss', { refillSeconds: 1000 })).toBe(601_000)
})

describe('a share of the instances', () => {
  const befallen = (share: number, seed: number): readonly string[] =>
    new ConditionTimeline(hostileScenario({ faults: [faultOf('refuse', { share })] }), seed).faults[0]!
      .instances

  it('is drawn anew for every seed, and is one at least', () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => befallen(0.1, seed))
    for (const instances of drawn) expect(instances).toHaveLength(1)
    expect(new Set(drawn.flat()).size).toBe(3)
    expect(befallen(0.1, 5)).toEqual(befallen(0.1, 5))
  })

  it('is rounded to whole instances', () => {
    expect([0.5, 0.67, 1].map((share) => befallen(share, 1).length)).toEqual([2, 2, 3])
  })
})
