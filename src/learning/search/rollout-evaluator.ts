/**
 * The port by which candidates are judged, in whatever model of the world: rollouts of a policy beside rollouts of a
 * reference, on the very same requests (common random numbers).
 *
 *     cost = log(mean latency / reference's) + 0.15 log(p95 / reference's)
 */
import type { Random } from '../../core/index.ts'
import type { Policy } from '../../routing/index.ts'
import type { RolloutCost } from './roll-out.ts'

export interface RolloutEvaluator {
  /** Costs of a policy by condition, one for each rollout under it; below 0 is better than the reference. */
  costs(makePolicy: () => Policy): readonly (readonly number[])[]
}

/** Where the evaluators of one service come from. */
export interface RolloutSource {
  readonly service: string
  /** Requests that its rollouts can be made of. */
  readonly requests: number
  /** For one generation of a search: other rollouts for each. */
  training(generation: number, random: Random): RolloutEvaluator
  /** Of what no generation sees, and under every condition more than once. */
  validation(random: Random): RolloutEvaluator
}

/** How important the tail is, beside the mean. */
const P95_WEIGHT = 0.15
/** Harm counts as so many times a gain. */
const HARM = 2

export function rolloutCost(own: RolloutCost, reference: RolloutCost): number {
  return Math.log(own.meanMs / reference.meanMs) + P95_WEIGHT * Math.log(own.p95Ms / reference.p95Ms)
}

/** One number for the costs under all conditions: their mean, in which harm counts double. */
export function overallCost(costs: readonly (readonly number[])[]): number {
  const all = costs.flat()
  return all.reduce((sum, cost) => sum + (cost > 0 ? HARM * cost : cost), 0) / all.length
}

/** The mean cost under the condition that is worst. */
export function worstCost(costs: readonly (readonly number[])[]): number {
  return Math.max(...costs.map(mean))
}

/** Standard error of the mean over all rollouts, from how rollouts under one condition differ. */
export function standardError(costs: readonly (readonly number[])[]): number {
  let squares = 0
  let freedom = 0
  for (const own of costs) {
    const center = mean(own)
    for (const cost of own) squares += (cost - center) ** 2
    freedom += own.length - 1
  }
  return Math.sqrt(squares / Math.max(1, freedom) / costs.flat().length)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
