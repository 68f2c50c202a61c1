/**
 * What a study is going to do, decided before anything is done: which runs, which trainings, which replays, and by which
 * seeds. A seed serves one purpose only, so that nothing is judged by what it was made from.
 */
import { ConfigError, LoadgenError } from '../../core/index.ts'
import {
  type ActionSpace,
  candidateFeatures,
  estimators,
  type FeatureChoice,
  type HyperParameters,
  learners,
  parseHyperParameters,
  stateFeatures,
} from '../../learning/index.ts'
import {
  DEFAULT_POLICY,
  DEFAULT_STUDY,
  type LoadedScenario,
  type Scenario,
  type StudySettings,
} from '../../scenario/index.ts'
import { expandPolicies, requirePolicies } from '../comparison/choose-policies.ts'
import { judgingSeeds } from '../comparison/judging-seeds.ts'
import { resolvePolicy } from '../policies.ts'

/** Makes the data where neither `study.collect.policy` nor `routing.policy` does: all is tried, at a bearable price. */
const DEFAULT_COLLECTING_POLICY = 'epsilon-greedy(power-of-two-choices, epsilon=0.3)'
/** First seeds of each purpose, counted from the scenario's own; `judgingSeeds` begin at 1,000,000. */
const ESTIMATE_SEEDS = 250_000
const TRAINING_SEEDS = 500_000
const QUICK_JUDGING_SEEDS = 3

export type RunUse = 'training' | 'estimate'

export interface PlannedRun {
  readonly use: RunUse
  readonly load: number
  readonly seed: number
}

export interface PlannedTraining {
  /** What the model is called in reports. */
  readonly label: string
  readonly algorithm: string
  readonly actions: ActionSpace
  readonly hyperParameters: HyperParameters
  readonly features: FeatureChoice
  readonly seed: number
}

export interface StudyPlan {
  readonly name: string
  readonly source: LoadedScenario['source']
  /** In the virtual world, at load 1. */
  readonly scenario: Scenario
  readonly quick: boolean
  /** Makes the data. */
  readonly collectingPolicy: string
  readonly runs: readonly PlannedRun[]
  readonly trainings: readonly PlannedTraining[]
  /** Undefined: all that differ. */
  readonly estimators: readonly string[] | undefined
  readonly horizon: number
  readonly opponents: readonly string[]
  readonly reference: string | undefined
  readonly judgingSeeds: readonly number[]
  readonly judgingLoads: readonly number[]
}

export interface StudyFlags {
  /** Number of judging seeds, in place of that of the file. */
  readonly seeds?: number | undefined
  /** Just enough to see that everything works: one run, three judging seeds, one load. */
  readonly quick?: boolean
}

/** @throws ConfigError for a study that cannot be done, saying which field is to be changed */
export function planStudy(loaded: LoadedScenario, { seeds, quick = false }: StudyFlags = {}): StudyPlan {
  const { source, study = DEFAULT_STUDY } = loaded
  const scenario: Scenario = { ...loaded.scenario, world: 'virtual' }
  const inField = <T>(field: string, check: () => T): T => locate(source.file, field, check)
  const policies = study.compare.policies ?? scenario.evaluation.policies
  const opponents = expandPolicies(policies, scenario)
  inField('compare.policies', () => requirePolicies(opponents))
  const collectingPolicy = study.collect.policy ?? ownPolicy(scenario) ?? DEFAULT_COLLECTING_POLICY
  inField('collect.policy', () => resolvePolicy(collectingPolicy))
  for (const name of study.evaluate.estimators ?? [])
    inField('evaluate.estimators', () => estimators.get(name))
  const trainings = planTrainings(study, scenario, inField)
  const judging = seeds ?? (quick ? QUICK_JUDGING_SEEDS : study.compare.seeds)
  const plan: StudyPlan = {
    name: scenario.name.replaceAll(/[^\w.-]+/g, '-'),
    source,
    scenario,
    quick,
    collectingPolicy,
    runs: planRuns(study, scenario, quick),
    trainings,
    estimators: study.evaluate.estimators,
    horizon: study.evaluate.horizon,
    opponents,
    reference: study.compare.reference,
    judgingSeeds: typeof judging === 'number' ? judgingSeeds(scenario, judging) : [...new Set(judging)],
    judgingLoads: quick ? study.compare.loads.slice(0, 1) : [...new Set(study.compare.loads)],
  }
  requireDisjoint(plan)
  return plan
}

export function countOf(runs: number): string {
  return runs === 1 ? '1 run' : `${runs} runs`
}

/** Of the scenario, if it says so at all. */
function ownPolicy({ routing }: Scenario): string | undefined {
  return routing.policy === DEFAULT_POLICY ? undefined : routing.policy
}

function planRuns(
  { collect, evaluate, compare }: StudySettings,
  { seed }: Scenario,
  quick: boolean,
): PlannedRun[] {
  const firstOf = <T>(list: readonly T[]): readonly T[] => (quick ? list.slice(0, 1) : [...new Set(list)])
  const training = firstOf(seedsFrom(seed, collect.seeds))
  const loads = quick ? [1] : [...new Set(collect.loads)]
  const estimate = firstOf(seedsFrom(seed + ESTIMATE_SEEDS, evaluate.seeds))
  return [
    ...training.flatMap((own) => loads.map((load) => ({ use: 'training' as const, load, seed: own }))),
    // An estimate and what came of it are only comparable at the same load.
    ...estimate.map((own) => ({ use: 'estimate' as const, load: compare.loads[0]!, seed: own })),
  ]
}

function seedsFrom(first: number, given: number | readonly number[]): readonly number[] {
  return typeof given === 'number' ? Array.from({ length: given }, (_, i) => first + i) : given
}

function planTrainings(
  { train }: StudySettings,
  { seed, training }: Scenario,
  inField: <T>(field: string, check: () => T) => T,
): PlannedTraining[] {
  const asked: NonNullable<StudySettings['train']> = train ?? [
    { algorithm: training.algorithm, hyperParameters: {}, actions: 'instance' },
  ]
  const labels = labelsOf(asked)
  return asked.map((one, i) =>
    inField(`train[${i}]`, () => {
      const learner = learners.get(one.algorithm)
      const texts = Object.entries(one.hyperParameters).map(([name, value]) => `${name}=${value}`)
      const features = { ...learner.features[one.actions], ...one.features }
      for (const name of features.state) stateFeatures.get(name)
      for (const name of features.instance) candidateFeatures.get(name)
      return {
        label: labels[i]!,
        algorithm: one.algorithm,
        actions: one.actions,
        hyperParameters: parseHyperParameters(learner, texts),
        features,
        seed: seed + TRAINING_SEEDS + i,
      }
    }),
  )
}

/** One model is "learned"; of several each has the name of its learner, and a number where that does not tell them apart. */
function labelsOf(
  trainings: readonly { readonly algorithm: string; readonly actions: ActionSpace }[],
): string[] {
  if (trainings.length === 1) return ['learned']
  const names = trainings.map(({ algorithm, actions }) =>
    actions === 'instance' ? `learned ${algorithm}` : `learned ${algorithm} of strategies`,
  )
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length
    return before === 0 ? name : `${name} ${before + 1}`
  })
}

/** The seeds of each purpose. */
export function seedsByUse({ runs, trainings, judgingSeeds }: StudyPlan): Record<string, readonly number[]> {
  const of = (use: RunUse): number[] => [
    ...new Set(runs.filter((run) => run.use === use).map(({ seed }) => seed)),
  ]
  return {
    collecting: of('training'),
    estimating: of('estimate'),
    training: trainings.map(({ seed }) => seed),
    judging: judgingSeeds,
  }
}

function requireDisjoint(plan: StudyPlan): void {
  const useOf = new Map<number, string>()
  for (const [use, seeds] of Object.entries(seedsByUse(plan))) {
    for (const seed of seeds) {
      const other = useOf.get(seed)
      if (other !== undefined) {
        throw new ConfigError(
          `${plan.source.file}: study: seed ${seed} would serve for ${other} and for ${use}: ` +
            'what is judged by the data that it was made from shows nothing; list other seeds, or give a count',
        )
      }
      useOf.set(seed, use)
    }
  }
}

function locate<T>(file: string, field: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof LoadgenError) throw new ConfigError(`${file}: study.${field}: ${error.message}`)
    throw error
  }
}
