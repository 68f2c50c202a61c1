/** From recorded runs to a model directory: read, train, write. */
import { LearningError, RandomStreams } from '../core/index.ts'
import {
  checkpointDirectory,
  checkpointedEpochs,
  readCheckpoint,
  removeCheckpoint,
  requireCheckpointTarget,
  type TrainingIdentity,
  writeCheckpoint,
} from './checkpoint.ts'
import { type RecordedData, readRecordedData } from './data/recorded-data.ts'
import type { FeatureChoice } from './encoders/encoded-features.ts'
import type { HyperParameters } from './learners/hyper-parameter.ts'
import { completeHyperParameters } from './learners/hyper-parameters.ts'
import { learners } from './learners/index.ts'
import type { ActionSpace, EpochReport, Learner, Trainer } from './learners/learner.ts'
import type { ModelDescription } from './models/model.ts'
import { requireModelTarget, writeModel } from './models/model-directory.ts'
import { type TrainingMetrics, trainingMetrics } from './training-metrics.ts'

export interface TrainModelOptions {
  /** Run directories, or paths of their `experiences.jsonl`. */
  readonly directories: readonly string[]
  /** Name of a learner. */
  readonly algorithm: string
  /** What the model is to choose; instances unless told otherwise. */
  readonly actions?: ActionSpace
  /** Those that differ from the defaults. Values are in units of the reward. */
  readonly hyperParameters?: HyperParameters
  /** Those of the learner unless told otherwise. */
  readonly features?: FeatureChoice
  readonly seed: number
  /** Model directory to write. */
  readonly output: string
  /** Undefined: nothing is kept of a training that does not come to its end but its best epoch. */
  readonly checkpoints?: CheckpointOptions
  /** Told when the data is read, before the first epoch. */
  readonly onBegin?: (beginning: TrainingBeginning) => void
  /** Told after each epoch and awaited: the place to draw progress and to let signals in. */
  readonly onEpoch?: (report: EpochReport) => void | Promise<void>
  /** Asked before each epoch; true ends the training, and the best epoch so far is written. */
  readonly shouldStop?: () => boolean
}

export interface CheckpointOptions {
  /** Epochs between two checkpoints; one more is written when `shouldStop` ends the training. */
  readonly everyEpochs: number
  /** Whether to go on where the checkpoint is, if there is one; otherwise one that is there is an error. */
  readonly resume: boolean
}

export interface TrainingBeginning {
  readonly decisions: { readonly training: number; readonly validation: number }
  /** Epochs that a checkpoint has behind it. */
  readonly epochsDone: number
}

export interface TrainingSummary {
  readonly output: string
  /** Version of the model: the hash of its content. */
  readonly version: string
  /** All of them, in units of the reward. */
  readonly hyperParameters: HyperParameters
  /** All of them, also those before the checkpoint that it went on from. */
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
 *   directory, the training is stopped before its first epoch, or there is a checkpoint of another training
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainingSummary> {
  const learner = learners.get(options.algorithm)
  const settings = completeHyperParameters(learner, options.hyperParameters ?? {})
  const actions = options.actions ?? 'instance'
  requireActions(learner, actions)
  const features = options.features ?? learner.features[actions]
  requireModelTarget(options.output)
  requireNoCheckpoint(options)

  const streams = new RandomStreams(options.seed)
  const data = readRecordedData(options.directories, features, streams.stream('row-order'))
  const trainer = learner.begin({ data, settings, actions, streams })
  const { seed } = options
  const { dataHash } = data
  const identity = { algorithm: learner.name, actions, hyperParameters: settings, features, seed, dataHash }
  const epochs = resume(trainer, identity, options)
  const { training, validation } = data.split
  const decisions = { training: training.length, validation: validation.length }
  options.onBegin?.({ decisions, epochsDone: epochs.length })
  const stopped = await runEpochs(trainer, identity, epochs, options)
  const summary = write(learner, actions, data, trainer, epochs, stopped, options)
  if (!stopped && options.checkpoints !== undefined) removeCheckpoint(checkpointDirectory(options.output))
  return summary
}

/** Nothing is begun anew over what somebody may want to go on with. */
function requireNoCheckpoint({ output, checkpoints }: TrainModelOptions): void {
  if (checkpoints === undefined) return
  const directory = checkpointDirectory(output)
  requireCheckpointTarget(directory)
  const epochs = checkpoints.resume ? undefined : checkpointedEpochs(directory)
  if (epochs === undefined) return
  throw new LearningError(
    `${directory}: a training was interrupted after epoch ${epochs}: ` +
      'add --resume to go on with it, name another --output, or delete the folder to begin anew',
  )
}

/** @returns the epochs that are behind it */
function resume(
  trainer: Trainer,
  identity: TrainingIdentity,
  { output, checkpoints }: TrainModelOptions,
): EpochReport[] {
  const directory = checkpointDirectory(output)
  if (checkpoints?.resume !== true || checkpointedEpochs(directory) === undefined) return []
  const { epochs, state } = readCheckpoint(directory, identity)
  trainer.restore(state)
  return [...epochs]
}

function requireActions(learner: Learner, actions: ActionSpace): void {
  if (learner.actions.includes(actions)) return
  const able = learners.all.filter((one) => one.actions.includes(actions)).map(({ name }) => name)
  throw new LearningError(
    `learner "${learner.name}" cannot learn to choose a ${actions}: use one of ${able.join(', ')}`,
  )
}

/** Adds to `epochs` until there are no more. @returns whether `shouldStop` ended it */
async function runEpochs(
  trainer: Trainer,
  identity: TrainingIdentity,
  epochs: EpochReport[],
  { shouldStop, onEpoch, output, checkpoints }: TrainModelOptions,
): Promise<boolean> {
  const every = checkpoints?.everyEpochs ?? Number.POSITIVE_INFINITY
  let saved = epochs.length
  const save = (): void => {
    if (checkpoints === undefined || saved === epochs.length) return
    writeCheckpoint(checkpointDirectory(output), identity, { epochs, state: trainer.save() })
    saved = epochs.length
  }
  for (;;) {
    if (shouldStop?.() === true) {
      save()
      return true
    }
    const report = await trainer.next()
    if (report === undefined) return false
    epochs.push(report)
    if (epochs.length - saved >= every) save()
    await onEpoch?.(report)
  }
}

function write(
  learner: Learner,
  actions: ActionSpace,
  data: RecordedData,
  { best, settings: hyperParameters }: Trainer,
  epochs: readonly EpochReport[],
  stopped: boolean,
  { seed, output }: TrainModelOptions,
): TrainingSummary {
  if (best === undefined) {
    throw new LearningError('stopped before the first epoch was done: there is no model to keep')
  }
  const metrics = trainingMetrics(data, best)
  const description: ModelDescription = {
    kind: best.content.kind,
    algorithm: learner.name,
    actions,
    hyperParameters,
    seed,
    dataHash: data.dataHash,
    features: data.features,
    metrics,
  }
  const version = writeModel(output, description, best.content.files)
  return { output, version, hyperParameters, epochs, stopped, metrics, problems: data.problems }
}
