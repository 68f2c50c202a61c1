/**
 * Whether a log can say anything of a target at all: how much of the weight stands on how few trajectories, and how
 * much of what the target does the logger never did.
 *
 * Effective sample size: Kish, Survey sampling, 1965, (sum w)^2 / sum w^2: so many trajectories of the target itself
 * would be worth as much. The limits are rules of thumb of ours.
 */
import { type LoggedTrajectories, trajectoryCount, weightOf } from './logged-trajectories.ts'

/** With less than this share of the trajectories as effective sample, a handful of them makes the estimate. */
export const LEAST_EFFECTIVE_SHARE = 0.05
/** More than this share of the target's choices may not lie where the logger never went. */
export const MOST_UNSUPPORTED_SHARE = 0.01

export interface Overlap {
  readonly trajectories: number
  /** Decisions whose probability for the logger is not known. */
  readonly withoutPropensity: number
  /** NaN where propensities are missing, like all that follows from weights. */
  readonly effectiveSampleSize: number
  /** Of the trajectories. */
  readonly effectiveShare: number
  /** About 1 if the propensities are what they say, and the logger does all that the target does. */
  readonly meanWeight: number
  readonly maxWeight: number
  /** Share of all weight that the heaviest 1 % of the trajectories (at least one) have. */
  readonly topPercentShare: number
  /** Shares of the target's choices that the logger makes never, and with a probability below 0.01; NaN if not known. */
  readonly unsupportedShare: number
  readonly rareShare: number
}

export function overlapOf(trajectories: LoggedTrajectories): Overlap {
  const n = trajectoryCount(trajectories)
  const { behaviour, support } = trajectories
  const weights = Float64Array.from({ length: n }, (_, i) => weightOf(trajectories, i)).sort()
  let sum = 0
  let squares = 0
  for (const weight of weights) {
    sum += weight
    squares += weight * weight
  }
  let top = 0
  for (let i = n - Math.ceil(n / 100); i < n; i++) top += weights[i]!
  const effectiveSampleSize = sum === 0 ? 0 : sum ** 2 / squares
  return {
    trajectories: n,
    withoutPropensity: countUnknown(behaviour),
    effectiveSampleSize,
    effectiveShare: effectiveSampleSize / n,
    meanWeight: sum / n,
    maxWeight: weights[n - 1]!,
    topPercentShare: sum === 0 ? 0 : top / sum,
    unsupportedShare: meanOf(support?.never),
    rareShare: meanOf(support?.rarely),
  }
}

/** Why nobody can tell from this log what the target earns; undefined if one can. */
export function whyNotIdentifiable(overlap: Overlap): string | undefined {
  const { withoutPropensity, unsupportedShare, effectiveSampleSize, effectiveShare, trajectories } = overlap
  if (withoutPropensity > 0) {
    return (
      `the log does not say how probable ${count(withoutPropensity, 'decision')} were: ` +
      'record with a balancer of ours, or with one that tells its propensities'
    )
  }
  if (unsupportedShare > MOST_UNSUPPORTED_SHARE) {
    return (
      `the logger never tries ${percent(unsupportedShare)} of what the policy does: ` +
      'record with a policy that explores, such as "epsilon-greedy(power-of-two-choices, epsilon=0.3)"'
    )
  }
  if (effectiveShare < LEAST_EFFECTIVE_SHARE) {
    return (
      `${count(trajectories, 'trajectory', 'trajectories')} of the logger are worth ${effectiveSampleSize.toFixed(1)} of the ` +
      `policy (${percent(effectiveShare)}, less than ${percent(LEAST_EFFECTIVE_SHARE)}): ` +
      'record with more exploration, or judge over a shorter horizon'
    )
  }
  return undefined
}

function countUnknown(behaviour: Float64Array): number {
  let unknown = 0
  for (const p of behaviour) if (Number.isNaN(p)) unknown++
  return unknown
}

function meanOf(values: Float64Array | undefined): number {
  if (values === undefined || values.length === 0) return Number.NaN
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}
