/** Fourth step of a study: models, opponents and oracles over the same judging seeds, load by load. */
import { join } from 'node:path'
import { comparePolicies } from '../comparison/compare-policies.ts'
import type { Comparison } from '../comparison/comparison.ts'
import { modelPolicy } from '../policies.ts'
import { scaleLoad } from '../scale-load.ts'
import type { StudyDirectory } from './study-directory.ts'
import { goOnUnless, type StudyEvents } from './study-events.ts'
import type { StudyPlan } from './study-plan.ts'
import type { StudyModel } from './train-models.ts'

export interface LoadComparison {
  readonly load: number
  /** Where its files belong. */
  readonly directory: string
  readonly comparison: Comparison
}

/** Replays that are known already are not made again. @throws StudyInterrupted; finished replays are kept */
export async function compareModels(
  plan: StudyPlan,
  models: readonly StudyModel[],
  directory: StudyDirectory,
  jobs: number,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<LoadComparison[]> {
  const learned = models.map((model) => modelPolicy(model.directory))
  const labels = Object.fromEntries(models.map(({ label }, i) => [learned[i]!, label]))
  const compared: LoadComparison[] = []
  for (const [i, load] of plan.judgingLoads.entries()) {
    let done = 0
    let open = 0
    try {
      const comparison = await comparePolicies({
        loaded: { scenario: scaleLoad(plan.scenario, load), source: plan.source },
        // The one that made the data, too: the estimates are against it.
        policies: [...new Set([...plan.opponents, plan.collectingPolicy, ...learned])],
        reference: plan.reference,
        seeds: plan.judgingSeeds,
        jobs,
        cacheDir: directory.replays,
        labels,
        onStart: (replays, known) => {
          open = replays
          const text = `comparison ${i + 1} of ${plan.judgingLoads.length}: load ${load}, ${replays + known} replays`
          events.onStep(
            known > 0 && replays > 0 ? `${text}, ${known} of them done already` : text,
            replays === 0,
          )
        },
        onResult: () => events.onReplay(++done, open),
        signal,
      })
      compared.push({ load, directory: join(directory.comparison, `load-${load}`), comparison })
    } catch (error) {
      goOnUnless(signal, directory.path)
      throw error
    }
  }
  return compared
}
