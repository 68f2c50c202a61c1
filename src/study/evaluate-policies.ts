/**
 * Off-policy evaluation: what policies would have earned on recorded runs, beside what the logger earned and what the
 * simplest policies would have.
 *
 * It judges decisions, and with a horizon above 1 short chains of them, in the states that the logger brought about. How
 * a policy changes the load that its own later decisions meet is beyond any horizon; `loadgen compare` replays that.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { DataError, RandomStreams, UsageError } from '../core/index.ts'
import { type SessionIndex, sessionsIfKnown } from '../experience/index.ts'
import {
  type ChainKind,
  cutTrajectories,
  estimators,
  type Interval,
  LEAST_RESAMPLES,
  majorityAction,
  type PolicyEvaluation,
  PolicyEvaluator,
  type RecordedDecisions,
  readDecisions,
  usualEstimators,
} from '../learning/index.ts'
import type { PolicyFactory } from '../routing/index.ts'
import { modelPolicy, resolvePolicy } from './policies.ts'

export const LONGEST_HORIZON = 10

export interface EvaluationOptions {
  /** Policy texts, `model:DIR` among them, or model directories. */
  readonly policies: readonly string[]
  /** Run directories, or paths of their `experiences.jsonl`. */
  readonly directories: readonly string[]
  /** Names; all that differ from one another unless told otherwise. */
  readonly estimators?: readonly string[]
  /** Decisions of a trajectory, 1 to 10; 1 (a bandit) unless told otherwise. */
  readonly horizon?: number
  /** Discount per decision; 1 unless told otherwise. Counts with a horizon above 1. */
  readonly gamma?: number
  /** Of the bootstrap, at least 1000. */
  readonly resamples?: number
  readonly seed?: number
  /** What hangs together; sessions where every run has a `requests.jsonl`, else stretches of time. */
  readonly trajectories?: ChainKind
  /** Whether to judge the simplest policies too; true unless told otherwise. */
  readonly baselines?: boolean
  /** Told before each policy, and awaited. */
  readonly onPolicy?: (policy: string) => void | Promise<void>
}

export interface Evaluation {
  readonly data: EvaluatedData
  readonly logger: {
    /** Ids of the policies that decided; null for one that is not known. */
    readonly policies: readonly (string | null)[]
    /** Its mean return. */
    readonly value: Interval
  }
  /** Those asked for, in their order. */
  readonly policies: readonly PolicyEvaluation[]
  /** Uniform choice, round robin, and always the instance that the logger chose most. */
  readonly baselines: readonly PolicyEvaluation[]
}

export interface EvaluatedData {
  readonly files: readonly string[]
  readonly decisions: number
  readonly trajectories: number
  /** Pieces that are independent of one another, as far as anybody knows. */
  readonly clusters: number
  readonly clusterKind: ChainKind
  readonly horizon: number
  readonly gamma: number
  readonly resamples: number
  readonly withoutPropensity: number
  readonly estimatedPropensities: number
  /** Lines and records left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** What was wrong with lines, the first few of each run in words. */
  readonly problems: readonly string[]
}

const BASELINES = { uniform: 'random', 'round-robin': 'round-robin' } as const

/**
 * @throws UsageError for an unknown policy or estimator, an oracle, or a number out of its range
 * @throws DataError if the runs cannot be read or hold too little
 * @throws LearningError for a model that cannot be used
 */
export async function evaluatePolicies(options: EvaluationOptions): Promise<Evaluation> {
  const {
    horizon = 1,
    gamma = 1,
    resamples = LEAST_RESAMPLES,
    seed = 1,
    baselines = true,
    onPolicy,
  } = options
  requireRanges(horizon, gamma, resamples)
  const asked = options.policies.map((text) => [text, resolvePolicy(policyTextOf(text))] as const)
  const chosen = (options.estimators ?? usualEstimators(horizon)).map((name) => estimators.get(name))
  if (chosen.length === 0) throw new UsageError(`no estimator: name one of ${estimators.names.join(', ')}`)
  const { decisions, files, skipped, problems } = readDecisions(options.directories)
  const sessions = files.map((file) => sessionsIfKnown({ file }))
  const kind = options.trajectories ?? (sessions.includes(undefined) ? 'time' : 'session')
  const trajectories = cutTrajectories(
    decisions,
    kind,
    horizon,
    sessionNames(decisions, files, sessions, kind),
  )
  const evaluator = new PolicyEvaluator({
    decisions,
    trajectories,
    estimators: chosen,
    gamma,
    horizon,
    resamples,
    streams: new RandomStreams(seed),
  })
  const evaluateAll = async (named: readonly (readonly [string, PolicyFactory])[]) => {
    const evaluations: PolicyEvaluation[] = []
    for (const [text, factory] of named) {
      await onPolicy?.(text)
      evaluations.push(evaluator.evaluate(text, factory))
      await nextTurn() // in which an interrupt is heard
    }
    return evaluations
  }
  const { log } = decisions
  return {
    data: {
      files,
      decisions: decisions.length,
      trajectories: trajectories.clusters.length,
      clusters: trajectories.chains,
      clusterKind: kind,
      horizon,
      gamma,
      resamples,
      withoutPropensity: log.propensity.filter((p) => Number.isNaN(p)).length,
      estimatedPropensities: log.estimatedPropensities,
      skipped,
      problems,
    },
    logger: { policies: [...decisions.loggers], value: evaluator.logger() },
    policies: await evaluateAll(asked),
    baselines: baselines ? await evaluateAll(baselinesFor(decisions)) : [],
  }
}

function baselinesFor(decisions: RecordedDecisions): (readonly [string, PolicyFactory])[] {
  return [
    ...Object.entries(BASELINES).map(([name, text]) => [name, resolvePolicy(text)] as const),
    ['majority-action', majorityAction(decisions)],
  ]
}

/** A model directory may be named as it is. */
export function policyTextOf(text: string): string {
  return existsSync(join(text, 'model.json')) ? modelPolicy(text) : text
}

function sessionNames(
  { log, traces }: RecordedDecisions,
  files: readonly string[],
  sessions: readonly (SessionIndex | undefined)[],
  kind: ChainKind,
): (row: number) => string | undefined {
  const without = sessions.indexOf(undefined)
  if (kind === 'session' && without >= 0) {
    throw new DataError(
      `${files[without]}: no requests.jsonl beside it, which says what belongs to which session: use --trajectories time`,
    )
  }
  return (row) => {
    const run = log.run[row]!
    const session = sessions[run]?.sessionOf(traces[row]!)
    return session === undefined ? undefined : `${run}/${session}`
  }
}

function requireRanges(horizon: number, gamma: number, resamples: number): void {
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > LONGEST_HORIZON) {
    throw new UsageError(`horizon: expected a whole number from 1 to ${LONGEST_HORIZON}, got ${horizon}`)
  }
  if (!(gamma >= 0 && gamma <= 1)) throw new UsageError(`gamma: expected a number from 0 to 1, got ${gamma}`)
  if (!Number.isInteger(resamples) || resamples < LEAST_RESAMPLES) {
    throw new UsageError(`resamples: expected a whole number from ${LEAST_RESAMPLES}, got ${resamples}`)
  }
}
