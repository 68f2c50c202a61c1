/** Tries and knees made by hand, for the tests that sum them up and show them. */
import {
  type Knee,
  type KneeBracket,
  type KneeRepeat,
  kneeOf,
  type RateTry,
  type RateVerdict,
} from '../../../src/study/index.ts'

export function madeTry(sessionsPerSecond: number, verdict: RateVerdict, p95LatencyMs: number): RateTry {
  const reasons = {
    holds: [],
    breaks: ['p95LatencyMs < 500'],
    saturated: ['the event loop was late'],
  }
  return {
    sessionsPerSecond,
    seed: 1,
    verdict,
    requests: sessionsPerSecond * 600,
    requestsPerSecond: sessionsPerSecond * 10,
    errorRate: verdict === 'breaks' ? 0.02 : 0,
    p50LatencyMs: p95LatencyMs / 4,
    p95LatencyMs,
    p99LatencyMs: p95LatencyMs * 2,
    thresholds: [
      { metric: 'p95LatencyMs', condition: '< 500', value: p95LatencyMs, passed: p95LatencyMs < 500 },
      { metric: 'p99LatencyMs{action:order}', condition: '< 900', value: Number.NaN, passed: false },
    ],
    reasons: reasons[verdict],
  }
}

const FOUND: KneeBracket = { kind: 'found', holds: 20, breaks: 21, mixed: false }

/** Three repeats of which each found an end. */
export const MADE_REPEATS: readonly KneeRepeat[] = [0, 1, 2].map((i) => ({
  seed: 11 + i,
  bracket: { ...FOUND, holds: 20 + i, breaks: 21 + i },
  tries: [madeTry(10, 'holds', 120 + i), madeTry(20, 'holds', 430 + i), madeTry(24, 'breaks', 2600 + i)],
}))

export function madeKnee(repeats: readonly KneeRepeat[] = MADE_REPEATS, settings: Partial<Knee> = {}): Knee {
  return {
    version: 1,
    scenario: { name: 'shop', source: 'shop.yaml', hash: 'abc' },
    phase: 'evening',
    world: 'virtual',
    target: 'embedded',
    policy: 'c3',
    thresholds: [{ metric: 'p95LatencyMs', operator: '<', limit: 500 }],
    time: { warmUpMs: 10_000, windowMs: 60_000 },
    search: { lowest: 0.01, highest: 400, start: 10, precision: 0.05 },
    ...kneeOf(repeats),
    interrupted: repeats.some(({ bracket }) => bracket === null),
    repeats,
    ...settings,
  }
}
