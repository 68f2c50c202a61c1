import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/scenario/index.ts'
import { FaultEffects } from '../../../src/study/statistics/fault-effects.ts'
import { smallScenario } from '../../shop/small-scenario.ts'

function fault(startMs: number, durationMs: number, settings: Partial<Fault> = {}): Fault {
  const parameters = { latencyMs: 0, jitterMs: 0, factor: 4, rate: 1 }
  return {
    kind: 'latency',
    instances: ['cart-service-2'],
    share: 1,
    startMs,
    durationMs,
    parameters,
    ...settings,
  }
}

/** Requests by when they were wanted: how long they took, negative if they failed. */
function effectsOf(
  faults: readonly Fault[],
  requests: readonly (readonly [atMs: number, latencyMs: number])[],
) {
  const effects = new FaultEffects(smallScenario, faults)
  for (const [atMs, latencyMs] of requests) effects.add(atMs, Math.abs(latencyMs), latencyMs < 0)
  return effects
}

describe('what faults did', () => {
  it('is told by the requests that were wanted in their windows, the start included and the end not', () => {
    const effects = effectsOf(
      [fault(1000, 1000)],
      [
        [999, 10],
        [1000, -8000],
        [1999, 400],
        [2000, 20],
      ],
    )
    expect(effects.summaries()).toEqual([
      {
        kind: 'latency',
        what: 'latency factor=4',
        where: 'cart-service-2',
        instances: ['cart-service-2'],
        startMs: 1000,
        endMs: 2000,
        effectEndMs: 2000,
        parameters: { latencyMs: 0, jitterMs: 0, factor: 4, rate: 1 },
        requests: 2,
        errorRate: 0.5,
        p95Ms: 8000,
      },
    ])
    expect(effects.outside()).toEqual({ requests: 2, errorRate: 0, p95Ms: 20 })
  })

  it('counts for each of those that are at work at one time, and not as outside', () => {
    const effects = effectsOf(
      [fault(1000, 3000), fault(0, 2000), fault(1500, 100)],
      [
        [500, 1],
        [1550, 1],
        [3000, 1],
        [4000, 1],
      ],
    )
    expect(effects.summaries().map(({ startMs, requests }) => [startMs, requests])).toEqual([
      [0, 2],
      [1000, 2],
      [1500, 1],
    ])
    expect(effects.outside()!.requests).toBe(1)
  })

  it('goes on while a crashed instance warms up', () => {
    const crash = fault(1000, 1000, { kind: 'crash', parameters: { warmUpSeconds: 3, warmUpSpeed: 0.3 } })
    const effects = effectsOf(
      [crash],
      [
        [1500, -1],
        [4999, 90],
        [5000, 10],
      ],
    )
    expect(effects.summaries()).toMatchObject([
      { startMs: 1000, endMs: 2000, effectEndMs: 5000, requests: 2, errorRate: 0.5 },
    ])
    expect(effects.outside()).toEqual({ requests: 1, errorRate: 0, p95Ms: 10 })
  })

  it('is not known where nobody wanted anything', () => {
    const effects = effectsOf([fault(0, 10)], [])
    expect(effects.summaries()[0]).toMatchObject({ requests: 0, errorRate: Number.NaN, p95Ms: Number.NaN })
  })

  it('has nothing to tell of a run without faults', () => {
    const effects = effectsOf([], [[1, 1]])
    expect([effects.summaries(), effects.outside()]).toEqual([[], null])
  })

  it('is what a count fault by fault finds', () => {
    const anyFaults = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(anyFaults, fc.array(fc.nat(90), { maxLength: 60 }), (windows, moments) => {
        const faults = windows.map(([startMs, durationMs]) => fault(startMs, durationMs))
        const effects = effectsOf(
          faults,
          moments.map((atMs, i) => [atMs, i % 3 === 0 ? -5 : 5] as const),
        )
        const isIn = (atMs: number, { startMs, endMs }: { startMs: number; endMs: number }): boolean =>
          startMs <= atMs && atMs < endMs
        const summaries = effects.summaries()
        for (const summary of summaries) {
          const there = moments.map((atMs, i) => ({ atMs, i })).filter(({ atMs }) => isIn(atMs, summary))
          expect(summary.requests).toBe(there.length)
          if (there.length === 0) continue
          expect(summary.errorRate).toBe(there.filter(({ i }) => i % 3 === 0).length / there.length)
        }
        const outside = moments.filter((atMs) => !summaries.some((summary) => isIn(atMs, summary)))
        expect(effects.outside()!.requests).toBe(outside.length)
      }),
    )
  })
})
