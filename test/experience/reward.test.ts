import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { REWARD_PARTS, type RewardParts, type RewardSettings } from '../../src/core/index.ts'
import {
  balanceReward,
  errorReward,
  latencyReward,
  satisfactionReward,
  throughputReward,
  totalReward,
} from '../../src/experience/reward.ts'
import { observationOf, type Seen } from '../routing/observation-of.ts'

const T = 100
const latency = fc.double({ min: 0, max: 1e5, noNaN: true })
const weight = fc.double({ min: 0, max: 10, noNaN: true })
const weights = fc.record<RewardParts>({
  latency: weight,
  error: weight,
  throughput: weight,
  balance: weight,
  satisfaction: weight,
})

/** All parts of one request; what does not depend on its reply is fixed. */
function partsOf(latencyMs: number, failed: boolean): RewardParts {
  return {
    latency: latencyReward(latencyMs, T),
    error: errorReward(failed),
    throughput: throughputReward(700, T),
    balance: balanceReward(observationOf({ inFlight: [2, 0] }), 0),
    satisfaction: satisfactionReward(latencyMs, failed, T),
  }
}

test.each([
  [0, false, 0, 0, 1],
  [50, false, -0.5, 0, 1],
  [100, false, -1, 0, 1],
  [100.001, false, -1.00001, 0, 0.5],
  [400, false, -4, 0, 0.5],
  [400.001, false, -4.00001, 0, 0],
  [5000, false, -50, 0, 0],
  [60_000, false, -50, 0, 0],
  [50, true, -0.5, -1, 0],
  [200, true, -2, -1, 0],
])('%d ms, failed %s, against a target of 100 ms', (latencyMs, failed, latencyPart, error, satisfaction) => {
  expect(latencyReward(latencyMs, T)).toBeCloseTo(latencyPart, 9)
  expect(errorReward(failed)).toBe(error)
  expect(satisfactionReward(latencyMs, failed, T)).toBe(satisfaction)
})

test.each([
  [0, 0],
  [250, -2.5],
  [5000, -50],
  [1e9, -50],
])('%d request-milliseconds in the service cost %d', (areaMs, reward) => {
  expect(throughputReward(areaMs, T)).toBeCloseTo(reward, 12)
})

describe('balance', () => {
  // Jain's index of loads x is (sum x)^2 / (n sum x^2), after the decision.
  it.each<[string, Seen, number, number]>([
    ['an even choice', { inFlight: [1, 0] }, 1, 0],
    ['1 against 0', { inFlight: [0, 0] }, 0, 1 / 2 - 1],
    ['3 against 1', { inFlight: [2, 1] }, 0, 16 / 20 - 1],
    ['one of three', { inFlight: [0, 0, 0] }, 2, 1 / 3 - 1],
    ['2, 1 and 1', { inFlight: [1, 1, 1] }, 0, 16 / 18 - 1],
    ['loads per weight: 4 on a weight of 2 is 2', { inFlight: [3, 2], weights: [2, 1] }, 0, 0],
    ['a masked one does not count', { inFlight: [1, 9, 0], eligible: [1, 0, 1] }, 2, 0],
    ['one that is alone', { inFlight: [7] }, 0, 0],
  ])('%s', (_, seen, chosen, expected) => {
    expect(balanceReward(observationOf(seen), chosen)).toBeCloseTo(expected, 12)
  })

  it('is above -1 and at most 0', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 20 }), fc.nat(), (inFlight, draw) => {
        const reward = balanceReward(observationOf({ inFlight }), draw % inFlight.length)
        expect(reward).toBeGreaterThan(-1)
        expect(reward).toBeLessThanOrEqual(1e-12)
      }),
    )
  })
})

describe('no part and no total', () => {
  it('rises with the latency', () => {
    fc.assert(
      fc.property(latency, latency, fc.boolean(), weights, (a, b, failed, weighting) => {
        const [fast, slow] = [partsOf(Math.min(a, b), failed), partsOf(Math.max(a, b), failed)]
        expectNoRise(fast, slow, { targetLatencyMs: T, weights: weighting })
      }),
    )
  })

  it('rises with a failure', () => {
    fc.assert(
      fc.property(latency, weights, (latencyMs, weighting) => {
        const [succeeded, failed] = [partsOf(latencyMs, false), partsOf(latencyMs, true)]
        expectNoRise(succeeded, failed, { targetLatencyMs: T, weights: weighting })
      }),
    )
  })

  it('is above 1', () => {
    fc.assert(
      fc.property(latency, fc.boolean(), (latencyMs, failed) => {
        for (const part of Object.values(partsOf(latencyMs, failed))) expect(part).toBeLessThanOrEqual(1)
      }),
    )
  })

  function expectNoRise(better: RewardParts, worse: RewardParts, settings: RewardSettings): void {
    for (const part of REWARD_PARTS) expect(worse[part], part).toBeLessThanOrEqual(better[part])
    expect(totalReward(worse, settings)).toBeLessThanOrEqual(totalReward(better, settings))
  }
})

describe('totalReward', () => {
  const parts: RewardParts = { latency: -2, error: -1, throughput: -3, balance: -0.5, satisfaction: 0.5 }

  it.each<[Partial<RewardParts>, number]>([
    [{ latency: 1 }, -2],
    [{ latency: 0.5, error: 2 }, -3],
    [{ throughput: 1, balance: 2, satisfaction: 4 }, -2],
    [{}, 0],
  ])('weighs the parts: %j', (weighting, total) => {
    const none = { latency: 0, error: 0, throughput: 0, balance: 0, satisfaction: 0 }
    expect(totalReward(parts, { targetLatencyMs: T, weights: { ...none, ...weighting } })).toBe(total)
  })
})
