/** The numbers that a model carries about its own training. */
import { meanReward } from './off-policy-value.ts'
import type { TrainedValues } from './training.ts'
import type { TrainingData } from './training-data.ts'
import { type Transitions, usableRows } from './transitions.ts'

export interface TrainingMetrics {
  readonly transitions: { readonly training: number; readonly validation: number }
  /** Lines and records left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  readonly unused: {
    /** Transitions that a discount above 0 cannot use: not ended, but nothing is known of what follows. */
    readonly noNext: number
    /** Validation decisions that the estimate cannot use. */
    readonly noPropensity: number
  }
  /** Transitions with propensities that were estimated from outside: what follows from them is no better. */
  readonly estimatedPropensities: number
  readonly states: number
  readonly classes: number
  /** Share of the pairs among the validation split's candidates that the training data shows. */
  readonly coverage: number
  /** Mean time from one decision of a service to the next: the time that the discount counts in. */
  readonly meanDecisionGapMs: number | null
  readonly bestEpoch: number
  readonly trainingLoss: number
  readonly validationLoss: number
  /** On the validation split, rewards per decision. */
  readonly loggedReward: number
  readonly estimatedReward: number | null
  readonly effectiveSampleSize: number
  readonly agreementWithLogger: number
  readonly fallbackShare: number
}

export function trainingMetrics(data: TrainingData, trained: TrainedValues, gamma: number): TrainingMetrics {
  const { training, validation } = data
  const { epoch, policy, trainingLoss, validationLoss } = trained.report
  return {
    transitions: { training: training.count, validation: validation.count },
    skipped: data.skipped,
    unused: {
      noNext: withoutNext(training, gamma) + withoutNext(validation, gamma),
      noPropensity: validation.count - policy.decisions,
    },
    estimatedPropensities: data.estimatedPropensities,
    states: training.states,
    classes: training.classes,
    coverage: coverageOf(validation, trained.visits),
    meanDecisionGapMs: meanGap(training.dtMs),
    bestEpoch: epoch,
    trainingLoss,
    validationLoss,
    loggedReward: meanReward(validation),
    estimatedReward: policy.value,
    effectiveSampleSize: policy.effectiveSampleSize,
    agreementWithLogger: policy.agreementWithLogger,
    fallbackShare: policy.fallbackShare,
  }
}

function withoutNext(transitions: Transitions, gamma: number): number {
  return transitions.count - usableRows(transitions, gamma).length
}

function coverageOf({ count, classes: width, current }: Transitions, visits: Uint32Array): number {
  let shown = 0
  for (let i = 0; i < count; i++) {
    const base = current.state[i]! * (width + 1)
    for (let k = current.starts[i]!; k < current.starts[i + 1]!; k++) {
      if (visits[base + current.classes[k]!]! > 0) shown++
    }
  }
  return shown / current.classes.length
}

function meanGap(dtMs: Float64Array): number | null {
  let sum = 0
  let known = 0
  for (const gap of dtMs) {
    if (Number.isNaN(gap)) continue
    sum += gap
    known++
  }
  return known > 0 ? sum / known : null
}
