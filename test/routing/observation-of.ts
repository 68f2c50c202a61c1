/** Observations for tests: what a balancer sees before it has heard anything, but for the requests in flight. */
import type { Random } from '../../src/core/index.ts'
import {
  CONTEXT_WIDTH,
  INSTANCE_WIDTH,
  instanceFeature,
  type Observation,
  type Policy,
} from '../../src/routing/index.ts'

export interface Seen {
  readonly inFlight: readonly number[]
  /** All of them unless told. */
  readonly eligible?: readonly number[]
  readonly weights?: readonly number[]
  readonly ewmaLatencyMs?: readonly number[]
  readonly affinity?: string
  readonly nowMs?: number
}

/** Every feature that is not told is NaN. */
export function observationOf(seen: Seen): Observation {
  const { inFlight, eligible, weights, ewmaLatencyMs, affinity = '', nowMs = 0 } = seen
  const count = inFlight.length
  const instances = new Float64Array(count * INSTANCE_WIDTH).fill(Number.NaN)
  for (let i = 0; i < count; i++) {
    const row = i * INSTANCE_WIDTH
    instances[row + instanceFeature('inFlight')] = inFlight[i]!
    instances[row + instanceFeature('ewmaLatencyMs')] = ewmaLatencyMs?.[i] ?? Number.NaN
    instances[row + instanceFeature('healthy')] = eligible?.[i] ?? 1
    instances[row + instanceFeature('weight')] = weights?.[i] ?? 1
  }
  return {
    service: 'cart-service',
    nowMs,
    count,
    context: new Float64Array(CONTEXT_WIDTH),
    instances,
    eligible: Uint8Array.from(eligible ?? inFlight.map(() => 1)),
    affinity,
    truth: undefined,
  }
}

/** What an instance may tell with its answer, and did not. */
export const UNTOLD = { queueDepth: Number.NaN, queueMs: Number.NaN, workMs: Number.NaN }

export interface Choice {
  readonly index: number
  readonly propensities: number[]
}

export function choose(policy: Policy, observation: Observation, random: Random): Choice {
  const propensities = new Float64Array(observation.count)
  const index = policy.choose(observation, random, propensities)
  return { index, propensities: Array.from(propensities) }
}

/** A generator that gives just these numbers, and fails when it is asked for more. */
export function scripted(...numbers: readonly number[]): Random {
  let next = 0
  return () => {
    if (next === numbers.length) throw new Error(`a draw too many, after ${numbers.length}`)
    return numbers[next++]!
  }
}
