/** Learning: from experience records to a routing policy, offline. */
export { checkpointDirectory, checkpointedEpochs } from './checkpoint.ts'
export {
  candidateFeatures,
  DEFAULT_FEATURES,
  type FeatureChoice,
  stateFeatures,
} from './encoders/encoded-features.ts'
export { type Interval, LEAST_RESAMPLES } from './estimators/estimate-values.ts'
export { estimators, usualEstimators } from './estimators/index.ts'
export type { OffPolicyValue } from './estimators/off-policy-value.ts'
export { type ChainKind, cutTrajectories } from './evaluation/cut-trajectories.ts'
export { majorityAction } from './evaluation/majority-action.ts'
export {
  type PolicyEstimate,
  type PolicyEvaluation,
  PolicyEvaluator,
  type Verdict as PolicyVerdict,
} from './evaluation/policy-evaluator.ts'
export { readDecisions } from './evaluation/read-decisions.ts'
export type { RecordedDecisions } from './evaluation/recorded-decisions.ts'
export type { HyperParameter, HyperParameters } from './learners/hyper-parameter.ts'
export { parseHyperParameters } from './learners/hyper-parameters.ts'
export { learners } from './learners/index.ts'
export { ACTION_SPACES, type ActionSpace, type EpochReport, type Learner } from './learners/learner.ts'
export { EXPORT_FORMATS, type ExportFormat, exportModel } from './models/export-model.ts'
export type { Model, ModelDescription } from './models/model.ts'
export { loadModel } from './models/model-directory.ts'
export { onnxOf } from './networks/onnx/onnx-of.ts'
export {
  type CheckpointOptions,
  type TrainingBeginning,
  type TrainingSummary,
  type TrainModelOptions,
  trainModel,
} from './train-model.ts'
export type { TrainingMetrics } from './training-metrics.ts'
