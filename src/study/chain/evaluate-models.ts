/** Third step of a study: what the records say about the models, before any of them has routed a request. */
import { contentHash, LoadgenError } from '../../core/index.ts'
import { type Evaluation, evaluatePolicies } from '../evaluate-policies.ts'
import { modelPolicy } from '../policies.ts'
import type { CollectedRun } from './collect-runs.ts'
import { readJson, type StudyDirectory, writeJson } from './study-directory.ts'
import { goOnUnless, type StudyEvents } from './study-events.ts'
import { countOf, type StudyPlan } from './study-plan.ts'
import type { StudyModel } from './train-models.ts'

interface EvaluationFile {
  /** Hash of all that the evaluation depends on. */
  readonly key: string
  readonly evaluation: Evaluation
}

/**
 * @returns undefined where there is nothing to evaluate, or the data does not suffice
 * @throws StudyInterrupted between two policies
 */
export async function evaluateModels(
  plan: StudyPlan,
  runs: readonly CollectedRun[],
  models: readonly StudyModel[],
  directory: StudyDirectory,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<Evaluation | undefined> {
  if (models.length === 0) return undefined
  const { estimators, horizon } = plan
  const directories = runs.filter(({ use }) => use === 'estimate').map((run) => run.directory)
  const versions = models.map(({ training }) => training.version)
  const key = contentHash({ versions, directories, estimators: estimators ?? null, horizon })
  const known = readJson<EvaluationFile>(directory.evaluation)
  const isKnown = known?.key === key
  events.onStep(`estimates from ${countOf(directories.length)} that nothing was trained on`, isKnown)
  if (isKnown) return known.evaluation
  try {
    const evaluation = await evaluatePolicies({
      policies: models.map((model) => modelPolicy(model.directory)),
      directories,
      ...(estimators === undefined ? {} : { estimators }),
      horizon,
      onPolicy: () => goOnUnless(signal, directory.path),
    })
    writeJson(directory.evaluation, { key, evaluation } satisfies EvaluationFile)
    // As it will be found again: what is not a number is null there.
    return readJson<EvaluationFile>(directory.evaluation)!.evaluation
  } catch (error) {
    goOnUnless(signal, directory.path)
    if (!(error instanceof LoadgenError)) throw error
    events.onProblem(`no estimates: ${error.message}`)
    return undefined
  }
}
