/** The numbers that a model carries about its own training. */
import type { RecordedData } from './data/recorded-data.ts'
import type { TrainedModel } from './learners/learner.ts'

export interface TrainingMetrics {
  readonly transitions: { readonly training: number; readonly validation: number }
  /** Lines and records left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Validation decisions that the estimate cannot use, since nobody knows how probable they were. */
  readonly withoutPropensity: number
  /** Decisions with propensities that were estimated from outside: what follows from them is no better. */
  readonly estimatedPropensities: number
  readonly bestEpoch: number
  readonly trainingLoss: number
  readonly validationLoss: number
  /** On the validation split, rewards per decision. */
  readonly loggedReward: number
  readonly estimatedReward: number | null
  readonly effectiveSampleSize: number
  readonly agreementWithLogger: number
  readonly fallbackShare: number
  /** What is told of a model of this kind, e.g. `states` of a table or `parameters` of a network. */
  readonly facts: Readonly<Record<string, number>>
}

export function trainingMetrics({ log, split, skipped }: RecordedData, best: TrainedModel): TrainingMetrics {
  const { epoch, policy, trainingLoss, validationLoss } = best.report
  return {
    transitions: { training: split.training.length, validation: split.validation.length },
    skipped,
    withoutPropensity: split.validation.length - policy.decisions,
    estimatedPropensities: log.estimatedPropensities,
    bestEpoch: epoch,
    trainingLoss,
    validationLoss,
    loggedReward: meanOf(log.reward, split.validation),
    estimatedReward: policy.value,
    effectiveSampleSize: policy.effectiveSampleSize,
    agreementWithLogger: policy.agreementWithLogger,
    fallbackShare: policy.fallbackShare,
    facts: best.facts,
  }
}

function meanOf(values: Float64Array, rows: Uint32Array): number {
  let sum = 0
  for (const row of rows) sum += values[row]!
  return sum / rows.length
}
