/** Whether the estimates from records were right: each beside what the same policy then earned in replays. */
import { type MeanInterval, meanInterval, pairedDifference } from '../../stats/index.ts'
import type { Comparison } from '../comparison/comparison.ts'
import type { Evaluation } from '../evaluate-policies.ts'
import type { StudyModel } from './train-models.ts'

export interface EstimateCheck {
  /** Label of the model. */
  readonly model: string
  /** What the estimates said of it against the policy that made the data, and by which of them. */
  readonly predicted: string
  readonly predictedBy: string | null
  readonly reason: string
  /** The rewards that it earned minus those of that policy, per decision, paired by seed. */
  readonly realisedDifference: MeanInterval
  readonly realised: 'better' | 'worse' | 'not shown'
  /** Whether the prediction came true; null where there was none to come true. */
  readonly right: boolean | null
  readonly effectiveSampleSize: number
  readonly effectiveShare: number
  readonly unsupportedShare: number
  readonly estimates: readonly CheckedEstimate[]
}

export interface CheckedEstimate {
  readonly estimator: string
  readonly value: number
  readonly low: number
  readonly high: number
  readonly refusal: string | null
  /** Mean reward per decision in the replays. */
  readonly realised: MeanInterval
  /** Whether the intervals meet; null where one of them is not known, or the estimate is of more than one decision. */
  readonly right: boolean | null
}

/** @param comparison at the load of the runs that the evaluation is of */
export function checkEstimates(
  models: readonly StudyModel[],
  evaluation: Evaluation,
  comparison: Comparison,
  collectingPolicy: string,
): EstimateCheck[] {
  const logger = rewardsOf(comparison, collectingPolicy)
  return models.map(({ label }, i): EstimateCheck => {
    const { verdict, verdictBy, reason, overlap, estimates } = evaluation.policies[i]!
    const own = rewardsOf(comparison, label)
    const realisedDifference = pairedDifference(own, logger)
    const realised =
      realisedDifference.low > 0 ? 'better' : realisedDifference.high < 0 ? 'worse' : 'not shown'
    const claims = verdict === 'better' || verdict === 'worse'
    const { effectiveSampleSize, effectiveShare, unsupportedShare } = overlap
    return {
      model: label,
      predicted: verdict,
      predictedBy: verdictBy,
      reason,
      realisedDifference,
      realised,
      right: claims ? verdict === realised : null,
      effectiveSampleSize,
      effectiveShare,
      unsupportedShare,
      estimates: estimates.map(({ estimator, value, low, high, refusal }) => {
        const mean = meanInterval(own)
        const right = evaluation.data.horizon === 1 ? meets({ low, high }, mean) : null
        return { estimator, value, low, high, refusal, realised: mean, right }
      }),
    }
  })
}

function meets(a: { readonly low: number; readonly high: number }, b: MeanInterval): boolean | null {
  if (![a.low, a.high, b.low, b.high].every(Number.isFinite)) return null
  return a.low <= b.high && b.low <= a.high
}

/** In the order of the seeds. */
function rewardsOf({ results, seeds }: Comparison, policy: string): number[] {
  const own = new Map(
    results.filter((result) => result.policy === policy).map((result) => [result.seed, result]),
  )
  return seeds.map((seed) => own.get(seed)!.meanReward)
}
