/** From recorded runs to a model directory: read, train, write. */
import { LearningError, RandomStreams } from '../core/index.ts'
import { DEFAULT_FEATURES, type FeatureChoice } from './encoders/encoded-features.ts'
import { completeHyperParameters } from './learners/hyper-parameters.ts'
import { learners } from './learners/index.ts'
import type { HyperParameters, Learner } from './learners/learner.ts'
import { requireModelTarget, writeModel } from './model-directory.ts'
import { actionMappingsOf, qTableOf, type TabularModelContent } from './tabular-model.ts'
import { type EpochReport, pessimisticValue, type TrainedValues, Training } from './training.ts'
import { readTrainingData, requireNextStates, type TrainingData } from './training-data.ts'
import { type TrainingMetrics, trainingMetrics } from './training-metrics.ts'

export interface TrainModelOptions {
  /** Run directories, or paths of their `experiences.jsonl`. */
  readonly directories: readonly string[]
  /** Name of a learner. */
  readonly algorithm: string
  /** Those that differ from the defaults. `initialValue` is in units of the reward. */
  readonly hyperParameters?: HyperParameters
  readonly features?: FeatureChoice
  readonly seed: number
  /** Model directory to write. */
  readonly output: string
  /** Told after each epoch and awaited: the place to draw progress and to let signals in. */
  readonly onEpoch?: (report: EpochReport) => void | Promise<void>
  /** Asked before each epoch; true ends the training, and the best epoch so far is written. */
  readonly shouldStop?: () => boolean
}

export interface TrainingSummary {
  readonly output: string
  /** Version of the model: the hash of its content. */
  readonly version: string
  /** All of them, `initialValue` in units of the reward. */
  readonly hyperParameters: HyperParameters
  readonly epochs: readonly EpochReport[]
  /** Whether `shouldStop` ended it. */
  readonly stopped: boolean
  readonly metrics: TrainingMetrics
  /** What was wrong with lines, the first few of each run in words. */
  readonly problems: readonly string[]
}

/**
 * Trains a model and writes it.
 *
 * @throws UsageError for an unknown learner, feature or hyper-parameter
 * @throws DataError if a run cannot be read, or has too few usable decisions
 * @throws LearningError if the log holds no choice to learn from, `output` is something else than a model
 *   directory, or the training is stopped before its first epoch
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainingSummary> {
  const learner = learners.get(options.algorithm)
  const given = completeHyperParameters(learner, options.hyperParameters ?? {})
  const features = options.features ?? DEFAULT_FEATURES
  requireModelTarget(options.output)

  const streams = new RandomStreams(options.seed)
  const data = readTrainingData(options.directories, features, streams.stream('row-order'))
  requireNextStates(data, given.gamma!)
  const settings = withInitialValue(given, data)
  const { best, epochs, stopped } = await runEpochs(learner, settings, data, options)

  const metrics = trainingMetrics(data, best, settings.gamma!)
  const hyperParameters = { ...settings, initialValue: settings.initialValue! * data.rewardScale }
  const content: TabularModelContent = {
    description: {
      algorithm: learner.name,
      hyperParameters,
      seed: options.seed,
      dataHash: data.dataHash,
      features,
      encoderHash: data.encoder.hash,
      metrics,
    },
    encoder: data.encoder,
    actionMappings: actionMappingsOf(data.vocabulary),
    qTable: qTableOf(data.vocabulary, best, data.rewardScale),
  }
  const version = writeModel(options.output, content)
  const { output } = options
  return { output, version, hyperParameters, epochs, stopped, metrics, problems: data.problems }
}

async function runEpochs(
  learner: Learner,
  settings: HyperParameters,
  { training, validation }: TrainingData,
  options: TrainModelOptions,
): Promise<{ best: TrainedValues; epochs: EpochReport[]; stopped: boolean }> {
  const random = new RandomStreams(options.seed).stream('epoch-order')
  const session = new Training({ learner, settings, training, validation, random })
  const epochs: EpochReport[] = []
  const reports = session.epochs()
  let stopped = false
  for (;;) {
    stopped = options.shouldStop?.() ?? false
    if (stopped) break
    const { value: report, done } = reports.next()
    if (done) break
    epochs.push(report)
    await options.onEpoch?.(report)
  }
  if (session.best === undefined) {
    throw new LearningError('stopped before the first epoch was done: there is no model to keep')
  }
  return { best: session.best, epochs, stopped }
}

/** Fills in the initial value, in units of the scaled reward. */
function withInitialValue(given: HyperParameters, data: TrainingData): HyperParameters {
  const { initialValue, gamma } = given
  return {
    ...given,
    initialValue:
      initialValue === undefined
        ? pessimisticValue(data.training.reward, gamma!)
        : initialValue / data.rewardScale,
  }
}
