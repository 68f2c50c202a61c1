/**
 * The contract of a learner, whatever it learns: a table, weights of a linear score, a network.
 *
 * A learner makes a trainer of recorded decisions; the trainer runs epoch after epoch and has at any time the best model
 * so far. What it draws in an epoch comes from a stream that is named after that epoch, so that a training that was
 * interrupted goes on exactly as it would have gone on.
 */
import type { Listed, RandomStreams } from '../../core/index.ts'
import type { RecordedData } from '../data/recorded-data.ts'
import type { FeatureChoice } from '../encoders/encoded-features.ts'
import type { OffPolicyValue } from '../estimators/off-policy-value.ts'
import type { ModelContent } from '../models/model.ts'
import type { HyperParameter, HyperParameters } from './hyper-parameter.ts'

/** What a model chooses: which instance gets the request, or which strategy names the instance. */
export type ActionSpace = 'instance' | 'strategy'
export const ACTION_SPACES: readonly ActionSpace[] = ['instance', 'strategy']

export interface Learner extends Listed {
  readonly family: 'tabular' | 'linear' | 'network' | 'policy-search'
  readonly hyperParameters: readonly HyperParameter[]
  /** What it can learn to choose. */
  readonly actions: readonly ActionSpace[]
  /** What it looks at unless told otherwise. */
  readonly features: Readonly<Record<ActionSpace, FeatureChoice>>
  /** @throws LearningError if the data does not suffice for this learner */
  begin(task: LearningTask): Trainer
}

export interface LearningTask {
  readonly data: RecordedData
  /** Those of the learner: complete but for those that the data gives. In units of the reward. */
  readonly settings: HyperParameters
  readonly actions: ActionSpace
  /** Draw what belongs to epoch n from the stream `epoch/<n>`. */
  readonly streams: RandomStreams
}

export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number
  /** Of the learner's loss: mean over what was learned from, and on the validation split after it. */
  readonly trainingLoss: number
  readonly validationLoss: number
  /** What early stopping reads; lower is better. */
  readonly validationObjective: number
  /** The policy of this epoch, judged on the validation split. */
  readonly policy: OffPolicyValue
  /** Whether this is the best epoch so far. */
  readonly improved: boolean
}

/** The whole of a trainer that is not settings, data or seed. */
export interface TrainerState {
  /** Plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly arrays: Readonly<Record<string, Float64Array | Float32Array | Uint32Array>>
}

export interface Trainer {
  /** All settings, with those that the data gave; in units of the reward. */
  readonly settings: HyperParameters
  /** Runs the next epoch. Undefined: there is none, be it that all are done or that they got no better. */
  next(): EpochReport | undefined | Promise<EpochReport | undefined>
  /** Of the best epoch so far; undefined before the first is done. */
  readonly best: TrainedModel | undefined
  save(): TrainerState
  /** Goes on from a saved state, to the very same end. To be called before the first epoch. */
  restore(state: TrainerState): void
}

export interface TrainedModel {
  readonly report: EpochReport
  readonly content: ModelContent
  /** How large it is and what it covers, by name: for reports. */
  readonly facts: Readonly<Record<string, number>>
}
