/**
 * The highest arrival rate at which the thresholds of a scenario hold: a search per repeat, each with a seed of its own.
 * In the virtual world the repeats run side by side in worker threads, in the live world one after the other. This is
 * what `loadgen knee` does; a program can call it just as well.
 */
import { UsageError, type World, WorldError } from '../../core/index.ts'
import { refuseOracles } from '../../routing/index.ts'
import {
  type LoadedScenario,
  onlyPhase,
  type Scenario,
  SERVICES,
  scenarioHash,
} from '../../scenario/index.ts'
import { judgingSeeds } from '../comparison/judging-seeds.ts'
import { resolvePolicy } from '../policies.ts'
import { demandedThresholds } from '../summary/thresholds.ts'
import { requireTarget } from '../target-address.ts'
import { ThreadPool } from '../thread-pool.ts'
import { type Knee, type KneeRepeat, kneeOf } from './knee.ts'
import { expectedRate, longestSessionMs, type MeasuredTime, phaseOf } from './rate-scenario.ts'
import { type KneeSearchOptions, searchKnee } from './search-knee.ts'
import { type RateTask, type RateTry, searchable, tryVirtually } from './try-rate.ts'
import { tryLive } from './try-rate-live.ts'

const WORKER = new URL('../../../dist/study/knee/knee-worker.js', import.meta.url)

const DEFAULT_WINDOW_MS = 60_000
const LEAST_WARM_UP_MS = 10_000
const DEFAULT_PRECISION = 0.05
/** Between the rate of the scenario over and times this, if nobody says otherwise: ten doublings. */
const FAR = 1024

export interface KneeOptions {
  readonly loaded: Pick<LoadedScenario, 'scenario' | 'source'>
  /** Name of the phase; by default the one that most sessions start in. */
  readonly phase?: string | undefined
  readonly world: World
  /** URL of a balancer that is not ours; live only. */
  readonly target?: string | undefined
  /** Sessions per second. */
  readonly lowest?: number | undefined
  readonly highest?: number | undefined
  readonly precision?: number | undefined
  readonly windowMs?: number | undefined
  /** By default 10 s, or the longest session if that takes longer: until then the users gather. */
  readonly warmUpMs?: number | undefined
  readonly repeats: number
  readonly jobs: number
  readonly onStart?: (plan: KneePlan) => void
  readonly onTry?: (repeat: number, made: RateTry) => void
  readonly signal?: AbortSignal
}

export interface KneePlan {
  readonly phase: string
  readonly search: KneeSearchOptions
  readonly time: MeasuredTime
  /** What is demanded of each try, in words. */
  readonly thresholds: readonly string[]
  readonly warnings: readonly string[]
}

/** Thrown by a try that a signal cut off: the search ends, and what has been tried stays. */
class CutOff extends Error {}

/** @throws UsageError for options that do not go together, WorldError where a try could not be made */
export async function findKnee(options: KneeOptions): Promise<Knee> {
  const { loaded, world, target, repeats, jobs, signal } = options
  const { single, plan } = planKnee(options)
  const policy = target === undefined ? single.routing.policy : 'external'
  if (world === 'live' && target === undefined) refuseOracles(resolvePolicy(policy)(SERVICES[0]))
  if (target !== undefined) await requireTarget(target, single.client)
  options.onStart?.(plan)
  const pool = new ThreadPool<RateTask, RateTry>({
    worker: WORKER,
    threads: world === 'live' ? 1 : Math.min(jobs, repeats),
    work:
      world === 'live' ? (task) => tryLive(task, { target, signal }) : (task) => tryVirtually(task, signal),
    failure: ({ sessionsPerSecond }, message) =>
      new WorldError(`the try of ${sessionsPerSecond} sessions per second failed: ${message}`),
  })
  const searches = judgingSeeds(single, repeats).map((seed, repeat) => async (): Promise<KneeRepeat> => {
    const tries: RateTry[] = []
    const evaluate = async (sessionsPerSecond: number) => {
      const task = { scenario: single, policy, seed, sessionsPerSecond, time: plan.time }
      const made = await pool.ask(task, { signal })
      if (made === undefined || signal?.aborted) throw new CutOff()
      tries.push(made)
      options.onTry?.(repeat, made)
      return made.verdict
    }
    try {
      return { seed, bracket: await searchKnee(evaluate, plan.search), tries }
    } catch (error) {
      if (error instanceof CutOff) return { seed, bracket: null, tries }
      throw error
    }
  })
  let done: KneeRepeat[]
  try {
    done = world === 'live' ? await inTurns(searches) : await Promise.all(searches.map((search) => search()))
  } finally {
    await pool.close()
  }
  const { name } = loaded.scenario
  return {
    version: 1,
    scenario: { name, source: loaded.source.file, hash: scenarioHash(loaded.scenario) },
    phase: plan.phase,
    world,
    target: target ?? 'embedded',
    policy,
    thresholds: single.thresholds,
    time: plan.time,
    search: plan.search,
    ...kneeOf(done),
    interrupted: done.some(({ bracket }) => bracket === null),
    repeats: done,
  }
}

async function inTurns<T>(all: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  for (const one of all) results.push(await one())
  return results
}

function planKnee(options: KneeOptions): { readonly single: Scenario; readonly plan: KneePlan } {
  const { scenario } = options.loaded
  const phase = phaseOf(scenario, options.phase)
  const { kept, leftOut } = searchable(scenario.thresholds)
  if (kept.length === 0) {
    throw new UsageError(
      'knee needs a threshold that a high rate breaks: add one to the scenario, or --threshold "p95LatencyMs < 500"',
    )
  }
  const single = { ...onlyPhase(scenario, phase), world: options.world, thresholds: kept }
  const gatherMs = longestSessionMs(single)
  const time = {
    warmUpMs: options.warmUpMs ?? Math.max(LEAST_WARM_UP_MS, Math.ceil(gatherMs / 1000) * 1000),
    windowMs: options.windowMs ?? DEFAULT_WINDOW_MS,
  }
  const search = searchOf(options, expectedRate(single))
  const warnings = leftOut.map(
    ({ metric, operator, limit }) =>
      `${metric} ${operator} ${limit} is left aside: a lower rate breaks it by itself`,
  )
  if (time.warmUpMs < gatherMs) {
    warnings.push(
      `sessions go on for up to ${Math.ceil(gatherMs / 1000)} s: after a warm-up of ${time.warmUpMs / 1000} s users are ` +
        'still gathering, and the knee is higher than that of a rate that lasts',
    )
  }
  const thresholds = demandedThresholds(single).map(
    ({ metric, operator, limit }) => `${metric} ${operator} ${limit}`,
  )
  return { single, plan: { phase: phase.name, search, time, thresholds, warnings } }
}

function searchOf(
  { lowest, highest, precision = DEFAULT_PRECISION }: KneeOptions,
  own: number,
): KneeSearchOptions {
  const search = {
    lowest: lowest ?? Math.min(own, highest ?? own) / FAR,
    highest: highest ?? Math.max(own, lowest ?? own) * FAR,
  }
  if (search.lowest >= search.highest) {
    throw new UsageError(`--from must be below --to, got ${search.lowest} and ${search.highest}`)
  }
  return { ...search, start: Math.min(search.highest, Math.max(search.lowest, own)), precision }
}
