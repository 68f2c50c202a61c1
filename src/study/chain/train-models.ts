/** Second step of a study: the models, each trained in a thread of its own on the runs that are for training. */
import { join } from 'node:path'
import { contentHash, LoadgenError } from '../../core/index.ts'
import { loadModel, type TrainingSummary } from '../../learning/index.ts'
import { DEFAULT_CHECKPOINT_EPOCHS, trainInThread } from '../train-in-thread.ts'
import type { CollectedRun } from './collect-runs.ts'
import { readJson, type StudyDirectory, writeJson } from './study-directory.ts'
import { goOnUnless, type StudyEvents } from './study-events.ts'
import { countOf, type PlannedTraining, type StudyPlan } from './study-plan.ts'

export interface StudyModel extends PlannedTraining {
  readonly directory: string
  readonly training: TrainingSummary
}

export interface TrainedModels {
  /** In the order of the plan, those that could be trained. */
  readonly models: readonly StudyModel[]
  /** Why others could not, by label. */
  readonly failures: Readonly<Record<string, LoadgenError>>
}

/**
 * That one learner cannot learn from the data is a result, and ends nothing.
 *
 * @throws StudyInterrupted after the epoch in which it was stopped; a checkpoint of it is kept
 */
export async function trainModels(
  plan: StudyPlan,
  runs: readonly CollectedRun[],
  directory: StudyDirectory,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<TrainedModels> {
  const directories = runs.filter(({ use }) => use === 'training').map((run) => run.directory)
  const models: StudyModel[] = []
  const failures: Record<string, LoadgenError> = {}
  for (const [i, planned] of plan.trainings.entries()) {
    const text = `training ${i + 1} of ${plan.trainings.length}: ${planned.algorithm} on ${countOf(directories.length)}`
    try {
      models.push(await trained(planned, directories, directory, text, events, signal))
    } catch (error) {
      goOnUnless(signal, directory.path)
      if (!(error instanceof LoadgenError)) throw error
      failures[planned.label] = error
      events.onProblem(`${planned.label} (${planned.algorithm}) was not trained: ${error.message}`)
    }
    goOnUnless(signal, directory.path)
  }
  return { models, failures }
}

async function trained(
  planned: PlannedTraining,
  directories: readonly string[],
  directory: StudyDirectory,
  text: string,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<StudyModel> {
  const { label, ...settings } = planned
  const path = join(directory.models, nameOf(settings, directories))
  const known = knownTraining(path)
  events.onStep(text, known !== undefined)
  if (known !== undefined) return { ...planned, directory: path, training: known }
  const training = await trainInThread(
    {
      ...settings,
      directories,
      output: path,
      checkpoints: { everyEpochs: DEFAULT_CHECKPOINT_EPOCHS, resume: true },
    },
    { onEpoch: events.onEpoch, signal },
  )
  // One that was stopped is not done: without this file it is gone on with from its checkpoint.
  if (!training.stopped) writeJson(summaryFile(path), training)
  return { ...planned, directory: path, training }
}

/** Of all that the model depends on: names of runs carry the hash of theirs. */
function nameOf(settings: Omit<PlannedTraining, 'label'>, directories: readonly string[]): string {
  const runs = directories.map((path) => path.split('/').at(-1))
  return `${settings.algorithm}-${settings.actions}-${contentHash({ ...settings, runs }).slice(0, 8)}`
}

/** What was trained before, if the model is still what it was then. */
function knownTraining(path: string): TrainingSummary | undefined {
  const summary = readJson<TrainingSummary>(summaryFile(path))
  if (summary === undefined) return undefined
  try {
    return loadModel(path).version === summary.version ? summary : undefined
  } catch (error) {
    if (error instanceof LoadgenError) return undefined
    throw error
  }
}

function summaryFile(path: string): string {
  return `${path}.json`
}
