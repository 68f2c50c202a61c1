/**
 * A study from beginning to end: collect, train, evaluate, compare. Each step leaves its results in the directory of the
 * study and is not done again while they are good, so that a study that was interrupted goes on, and one that is done is
 * only read. This is what `loadgen study` does; a program can call it just as well.
 */
import { LearningError, type LoadgenError } from '../../core/index.ts'
import { collectRuns } from './collect-runs.ts'
import { compareModels, type LoadComparison } from './compare-models.ts'
import { checkEstimates } from './estimate-checks.ts'
import { evaluateModels } from './evaluate-models.ts'
import { openStudyDirectory, studyIdentity, writeJson } from './study-directory.ts'
import { goOnUnless, type StudyEvents } from './study-events.ts'
import { type StudyPlan, seedsByUse } from './study-plan.ts'
import type { StudyResult } from './study-result.ts'
import { trainModels } from './train-models.ts'

export interface StudyOptions {
  readonly plan: StudyPlan
  /** Folder in which the directory of the study is, or will be. */
  readonly out: string
  /** Worker threads for the replays; results do not depend on it. */
  readonly jobs: number
  readonly events: StudyEvents
  readonly signal: AbortSignal
}

/**
 * @throws StudyInterrupted when it was stopped
 * @throws DataError if the directory is of another study, WorldError where it cannot go on
 * @throws LoadgenError if not one model could be trained: the error of the one on trial
 */
export async function runStudy({ plan, out, jobs, events, signal }: StudyOptions): Promise<StudyResult> {
  const directory = openStudyDirectory(out, plan)
  const problems: string[] = []
  const told: StudyEvents = {
    ...events,
    onProblem: (text) => {
      problems.push(text)
      events.onProblem(text)
    },
  }
  goOnUnless(signal, directory.path)
  const runs = await collectRuns(plan, directory, told, signal)
  const { models, failures } = await trainModels(plan, runs, directory, told, signal)
  if (models.length === 0) throw nothingTrained(plan, failures, directory.path)
  const evaluation = await evaluateModels(plan, runs, models, directory, told, signal)
  const comparisons = await compareModels(plan, models, directory, jobs, told, signal)
  const result: StudyResult = {
    ...studyIdentity(plan),
    description: plan.scenario.description,
    source: plan.source.file,
    quick: plan.quick,
    directory,
    collectingPolicy: plan.collectingPolicy,
    seeds: seedsByUse(plan),
    runs,
    models,
    evaluation: evaluation ?? null,
    comparisons,
    checks:
      evaluation === undefined
        ? []
        : checkEstimates(models, evaluation, comparisons[0]!.comparison, plan.collectingPolicy),
    problems,
  }
  writeJson(directory.study, { ...result, comparisons: comparisons.map(withoutReplays) })
  return result
}

/** The single replays are beside the comparison. */
function withoutReplays({ comparison: { results, ...table }, ...compared }: LoadComparison): object {
  return { ...compared, comparison: table }
}

/** What has been collected stays; with another learner or more data the study goes on from there. */
function nothingTrained(
  { trainings }: StudyPlan,
  failures: Readonly<Record<string, LoadgenError>>,
  path: string,
): LoadgenError {
  const [first] = trainings
  const cause = failures[first!.label]!
  return new LearningError(
    `${path}: nothing could be trained, so there is nothing to compare: ${cause.message}; ` +
      'what was collected is kept: change "train" or "collect" of the study, and call it again',
    { cause },
  )
}
