/**
 * Rewards, in parts. A record keeps every part, so that a file can be re-rewarded with other weights later.
 *
 * No part rises when a request takes longer or when its reply turns into a failure; property tests hold that.
 *
 *     latency       -min(latency, 50 T) / T, the requester's own time; T is the target latency
 *     error         -1 for a failure of the server (5xx, 429, no reply), 0 else; a 4xx is the client's fault
 *     throughput    -min(area, 50 T) / T, where area is the integral of the requests in the service until its next
 *                   decision. By Little's law the areas sum over a run to the sum of all response times, so it
 *                   charges a decision for what it makes others wait
 *     balance       Jain's fairness of (in flight / weight) after the decision, minus 1: 0 is even (Jain, Chiu
 *                   and Hawe 1984). Loads are per weight, or unequal replicas would be punished for being unequal.
 *                   Not known (NaN, null in a record, left out of the sum) where somebody else's balancer decides
 *                   and we do not see its loads
 *     satisfaction  Apdex: 1 within T, 1/2 within 4 T, 0 beyond or on failure
 */
import { REWARD_PARTS, type RewardPart, type RewardSettings } from '../core/index.ts'
import { INSTANCE_WIDTH, instanceFeature, type Observation } from '../routing/index.ts'

/** One request that hangs until its time-out must not drown all others. */
const LATENCY_CAP = 50

const IN_FLIGHT = instanceFeature('inFlight')
const WEIGHT = instanceFeature('weight')

export function latencyReward(latencyMs: number, targetLatencyMs: number): number {
  return -Math.min(latencyMs / targetLatencyMs, LATENCY_CAP)
}

export function errorReward(failed: boolean): number {
  return failed ? -1 : 0
}

/** @param inSystemMs integral of the number of requests in the service over the interval, in request-milliseconds */
export function throughputReward(inSystemMs: number, targetLatencyMs: number): number {
  return -Math.min(inSystemMs / targetLatencyMs, LATENCY_CAP)
}

export function satisfactionReward(latencyMs: number, failed: boolean, targetLatencyMs: number): number {
  if (failed || latencyMs > 4 * targetLatencyMs) return 0
  return latencyMs <= targetLatencyMs ? 1 : 0.5
}

/** Fairness of the loads that the decision for instance `chosen` makes, in (-1, 0]. */
export function balanceReward(observation: Observation, chosen: number): number {
  let sum = 0
  let squares = 0
  let eligible = 0
  for (let i = 0; i < observation.count; i++) {
    if (observation.eligible[i] === 0) continue
    const row = i * INSTANCE_WIDTH
    const inFlight = observation.instances[row + IN_FLIGHT]! + (i === chosen ? 1 : 0)
    const load = inFlight / observation.instances[row + WEIGHT]!
    sum += load
    squares += load * load
    eligible++
  }
  return (sum * sum) / (eligible * squares) - 1
}

/** The weighted sum of the parts that are known: neither NaN nor, as a record has it, null. */
export function totalReward(
  parts: Readonly<Record<RewardPart, number | null>>,
  settings: RewardSettings,
): number {
  let total = 0
  for (const part of REWARD_PARTS) {
    const value = parts[part]
    if (value !== null && !Number.isNaN(value)) total += settings.weights[part] * value
  }
  return total
}
