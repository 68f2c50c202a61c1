/** Learning: from experience records to a routing policy, offline. */
export {
  candidateFeatures,
  DEFAULT_FEATURES,
  type FeatureChoice,
  stateFeatures,
} from './encoders/encoded-features.ts'
export { parseHyperParameters } from './learners/hyper-parameters.ts'
export { learners } from './learners/index.ts'
export type { HyperParameter, HyperParameters, Learner } from './learners/learner.ts'
export { loadTabularModel } from './model-directory.ts'
export type { OffPolicyValue } from './off-policy-value.ts'
export { type ModelDescription, TabularModel } from './tabular-model.ts'
export { TabularPolicy } from './tabular-policy.ts'
export { type TrainingSummary, type TrainModelOptions, trainModel } from './train-model.ts'
export type { EpochReport } from './training.ts'
export type { TrainingMetrics } from './training-metrics.ts'
