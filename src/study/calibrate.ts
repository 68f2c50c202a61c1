/**
 * Calibration of the off-policy estimates: what they say of policies from records of a logger, beside what the very same
 * policies then earn in the simulator, on seeds that nobody recorded.
 *
 * Differences to the logger are compared, per decision: that is what a choice between two policies hangs on. Those that
 * are realised are paired by seed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PolicyEstimate, PolicyEvaluation } from '../learning/index.ts'
import type { LoadedScenario, Scenario } from '../scenario/index.ts'
import { type MeanInterval, meanInterval, pairedDifference } from '../stats/index.ts'
import { evaluatePolicies } from './evaluate-policies.ts'
import { replayAll } from './replay-pool.ts'
import { runScenario, SILENT_RUN } from './run-scenario.ts'

export interface CalibrationOptions {
  readonly scenarios: readonly Pick<LoadedScenario, 'scenario' | 'source'>[]
  /** Policy that makes the records; it must explore. */
  readonly logger: string
  /** Policies to judge. */
  readonly policies: readonly string[]
  /** Replays of each policy; at least 2, or nothing is known of their spread. */
  readonly seeds: number
  /** Names; the two that a verdict may stand on, and a model alone, unless told otherwise. */
  readonly estimators?: readonly string[]
  readonly jobs: number
  readonly signal?: AbortSignal
  /** Told before each scenario. */
  readonly onScenario?: (name: string) => void
}

export interface CalibrationPoint {
  readonly scenario: string
  readonly policy: string
  readonly verdict: PolicyEvaluation['verdict']
  readonly trafficShift: number
  readonly effectiveShare: number
  readonly estimates: readonly PolicyEstimate[]
  /** Mean reward per decision over the seeds. */
  readonly realised: MeanInterval
  /** The same minus that of the logger, paired by seed. */
  readonly realisedDifference: MeanInterval
}

export interface Calibration {
  readonly logger: string
  readonly seeds: number
  readonly estimators: readonly string[]
  readonly points: readonly CalibrationPoint[]
}

const ESTIMATORS = ['doubly-robust', 'snips', 'direct-method']
/** Far from the seed of the records, and from those of comparisons. */
const REPLAY_SEEDS = 2_000_000

/** @throws LoadgenError where a run, an estimate or a replay is not possible */
export async function calibrate(options: CalibrationOptions): Promise<Calibration> {
  const { scenarios, logger, seeds, estimators = ESTIMATORS, onScenario } = options
  const points: CalibrationPoint[] = []
  for (const loaded of scenarios) {
    onScenario?.(loaded.scenario.name)
    points.push(...(await calibrateOn(loaded, estimators, options)))
  }
  return { logger, seeds, estimators, points }
}

async function calibrateOn(
  { scenario: original, source }: Pick<LoadedScenario, 'scenario' | 'source'>,
  estimators: readonly string[],
  { logger, policies, seeds, jobs, signal = new AbortController().signal }: CalibrationOptions,
): Promise<CalibrationPoint[]> {
  const scenario: Scenario = {
    ...original,
    world: 'virtual',
    routing: { ...original.routing, policy: logger },
  }
  const out = mkdtempSync(join(tmpdir(), 'loadgen-calibration-'))
  try {
    const loaded = { scenario, source, warnings: [] }
    const { directory } = await runScenario({
      loaded,
      out,
      train: false,
      evaluate: false,
      jobs: 1,
      events: SILENT_RUN,
      signal,
    })
    const evaluation = await evaluatePolicies({
      policies,
      directories: [directory.path],
      estimators,
      baselines: false,
    })
    const rewards = await realisedRewards(scenario, [logger, ...policies], seeds, jobs, signal)
    return evaluation.policies.map((evaluated, k) => ({
      scenario: scenario.name,
      policy: evaluated.policy,
      verdict: evaluated.verdict,
      trafficShift: evaluated.trafficShift,
      effectiveShare: evaluated.overlap.effectiveShare,
      estimates: evaluated.estimates,
      realised: meanInterval(rewards[k + 1]!),
      realisedDifference: pairedDifference(rewards[k + 1]!, rewards[0]!),
    }))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** By policy, then seed: mean reward per decision. */
async function realisedRewards(
  scenario: Scenario,
  policies: readonly string[],
  seeds: number,
  jobs: number,
  signal: AbortSignal,
): Promise<number[][]> {
  const tasks = policies.flatMap((policy) =>
    Array.from({ length: seeds }, (_, i) => ({ scenario, policy, seed: scenario.seed + REPLAY_SEEDS + i })),
  )
  const results = await replayAll(tasks, { jobs, signal })
  signal.throwIfAborted()
  return policies.map((_, k) => results.slice(k * seeds, (k + 1) * seeds).map((result) => result!.meanReward))
}
