import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  INSTANCE_FEATURES,
  INSTANCE_WIDTH,
  type InstanceFeature,
  quantize,
} from '../../src/routing/features.ts'
import { InstanceTracker } from '../../src/routing/instance-tracker.ts'
import { RouteWork } from '../../src/routing/route-work.ts'

const unknown = Number.NaN
const NOTHING_HEARD: Record<InstanceFeature, number> = {
  inFlight: 0,
  queueDepth: unknown,
  ewmaLatencyMs: unknown,
  responseTimeMs: unknown,
  errorRate: unknown,
  answersPerSecond: 0,
  cpu: unknown,
  memory: unknown,
  healthy: 1,
  breakerOpen: unknown,
  weight: 1,
  workMs: 0,
  slowness: unknown,
  recentErrorRate: 0,
}

/** The row by the names of its features. */
function rowOf(tracker: InstanceTracker, nowMs: number): Record<InstanceFeature, number> {
  const rows = new Float64Array(INSTANCE_WIDTH)
  tracker.writeRow(rows, 0, nowMs, unknown, new RouteWork())
  return Object.fromEntries(INSTANCE_FEATURES.map((name, i) => [name, rows[i]])) as Record<
    InstanceFeature,
    number
  >
}

/** A tracker that has heard these answers: [atMs, latencyMs, failed]. */
function heard(...answers: readonly (readonly [atMs: number, latencyMs: number, failed: boolean])[]) {
  const tracker = new InstanceTracker('cart-1')
  for (const answer of answers) {
    tracker.onStart()
    tracker.onAnswer(...answer)
  }
  return tracker
}

describe('InstanceTracker', () => {
  it.each<[string, InstanceTracker, number, Partial<Record<InstanceFeature, number>>]>([
    ['nothing', heard(), 0, {}],
    [
      'one success',
      heard([500, 20, false]),
      500,
      { ewmaLatencyMs: 20, responseTimeMs: 20, errorRate: 0, answersPerSecond: quantize(1 / 60) },
    ],
    [
      'one failure: a latency is not known',
      heard([500, 20, true]),
      500,
      { errorRate: 1, answersPerSecond: 0.017, recentErrorRate: 0.333 },
    ],
    [
      'two successes one time constant apart',
      heard([0, 100, false], [10_000, 10, false]),
      10_000,
      {
        ewmaLatencyMs: quantize(100 / Math.E + 10 * (1 - 1 / Math.E)),
        responseTimeMs: 55,
        errorRate: 0,
        answersPerSecond: 0.033,
      },
    ],
    [
      'a failure counts as an answer and not as a latency',
      heard([0, 100, false], [10, 1, true], [20, 1, true]),
      20,
      {
        ewmaLatencyMs: 100,
        responseTimeMs: 100,
        errorRate: 0.667,
        answersPerSecond: 0.05,
        recentErrorRate: 0.4,
      },
    ],
    [
      'one moment before the window is over',
      heard([999, 20, false]),
      59_999,
      { ewmaLatencyMs: 20, responseTimeMs: 20, errorRate: 0, answersPerSecond: 0.017 },
    ],
    // The moving average keeps what it knows; the window forgets.
    ['when the window is over', heard([999, 20, false]), 60_000, { ewmaLatencyMs: 20 }],
  ])('after %s', (_, tracker, nowMs, known) => {
    expect(rowOf(tracker, nowMs)).toEqual({ ...NOTHING_HEARD, ...known })
  })

  it('counts what is on its way', () => {
    const tracker = new InstanceTracker('cart-1')
    const counts = [tracker.inFlight]
    for (const start of [true, true, false, true, false, false]) {
      if (start) tracker.onStart()
      else tracker.onAnswer(0, 1, true)
      counts.push(tracker.inFlight)
      expect(rowOf(tracker, 0).inFlight).toBe(tracker.inFlight)
    }
    expect(counts).toEqual([0, 1, 2, 1, 2, 1, 0])
  })

  it('shows what the instance last reported, and forgets what it no longer tells', () => {
    const tracker = new InstanceTracker('cart-1')
    tracker.onReport({ healthy: true, cpu: 0.5, memory: 0.25, queueDepth: 3 })
    expect(rowOf(tracker, 0)).toEqual({ ...NOTHING_HEARD, cpu: 0.5, memory: 0.25, queueDepth: 3 })
    tracker.onReport({ healthy: false, cpu: unknown, memory: unknown, queueDepth: unknown })
    expect(rowOf(tracker, 0)).toEqual({ ...NOTHING_HEARD, healthy: 0 })
  })

  it('is healthy as long as it says so', () => {
    const tracker = new InstanceTracker('cart-1')
    const report = { cpu: unknown, memory: unknown, queueDepth: unknown }
    const healths = [tracker.healthy]
    for (const healthy of [false, true]) {
      tracker.onReport({ ...report, healthy })
      healths.push(tracker.healthy)
    }
    expect(healths).toEqual([true, false, true])
  })

  it('writes its row at the offset and nowhere else', () => {
    const rows = new Float64Array(3 * INSTANCE_WIDTH).fill(-7)
    new InstanceTracker('cart-2', 2.5).writeRow(rows, INSTANCE_WIDTH, 0, unknown, new RouteWork())
    const [before, own, behind] = [0, 1, 2].map((i) =>
      rows.subarray(i * INSTANCE_WIDTH, (i + 1) * INSTANCE_WIDTH),
    )
    expect([...before!, ...behind!].every((value) => value === -7)).toBe(true)
    expect(Array.from(own!)).toEqual(Object.values({ ...NOTHING_HEARD, weight: 2.5 }))
  })

  it('rounds all that is recorded to a thousandth', () => {
    const number = fc.double({ min: 0, max: 1e6, noNaN: true })
    const answers = fc.array(fc.tuple(fc.nat(60_000), number, fc.boolean()))
    fc.assert(
      fc.property(answers, number, number, number, number, (list, cpu, memory, queueDepth, weight) => {
        const tracker = new InstanceTracker('cart-1', weight)
        for (const answer of list.sort((a, b) => a[0] - b[0])) tracker.onAnswer(...answer)
        tracker.onReport({ healthy: true, cpu, memory, queueDepth })
        for (const [name, value] of Object.entries(rowOf(tracker, 60_000)))
          expect(value, name).toBe(quantize(value))
      }),
    )
  })
})
