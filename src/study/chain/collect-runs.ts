/** First step of a study: the runs whose decisions are recorded, one directory each. */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash, WorldError } from '../../core/index.ts'
import { type Scenario, scenarioHash } from '../../scenario/index.ts'
import { runDirectory } from '../run-directory.ts'
import { runScenario, SILENT_RUN } from '../run-scenario.ts'
import { scaleLoad } from '../scale-load.ts'
import type { RunSummary } from '../summary/run-summary.ts'
import { readJson, type StudyDirectory, writeJson } from './study-directory.ts'
import { goOnUnless, type StudyEvents } from './study-events.ts'
import type { PlannedRun, StudyPlan } from './study-plan.ts'

export interface CollectedRun extends PlannedRun {
  readonly directory: string
  readonly requests: number
  readonly errorRate: number
  readonly p95LatencyMs: number
  readonly decisions: number
  readonly meanReward: number | null
  /**
   * Share of its service's decisions that the instance got which was tried least, over an even share: 1 is even, and what
   * is never tried can never be learned.
   */
  readonly leastTried: number
}

/** @throws StudyInterrupted between two runs, and in the middle of one: that one is done again */
export async function collectRuns(
  plan: StudyPlan,
  directory: StudyDirectory,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<CollectedRun[]> {
  const collected: CollectedRun[] = []
  for (const [i, planned] of plan.runs.entries()) {
    const scenario = collectedScenario(plan, planned)
    const name = nameOf(planned, scenario)
    const path = join(directory.runs, name)
    const known = readJson<RunSummary>(runDirectory(path).summary)
    const text = `run ${i + 1} of ${plan.runs.length}: ${useText(planned)}, load ${planned.load}, seed ${planned.seed}`
    events.onStep(text, known !== undefined)
    if (known === undefined) await collect(plan, scenario, path, directory, events, signal)
    collected.push(collectedRun(planned, path))
  }
  return collected
}

function collectedScenario(plan: StudyPlan, { load, seed }: PlannedRun): Scenario {
  const scenario = scaleLoad(plan.scenario, load)
  return { ...scenario, seed, routing: { ...scenario.routing, policy: plan.collectingPolicy } }
}

/** The hash is of all that the records depend on, so that a plan that changes finds what it still can use. */
function nameOf({ use, load, seed }: PlannedRun, scenario: Scenario): string {
  const hash = contentHash({ scenario: scenarioHash(scenario) }).slice(0, 8)
  return `${use}-load-${load}-seed-${seed}-${hash}`
}

function useText({ use }: PlannedRun): string {
  return use === 'training' ? 'to train on' : 'for the estimates'
}

/** Runs beside the place and renames, so that a run that is there is a whole one. */
async function collect(
  plan: StudyPlan,
  scenario: Scenario,
  path: string,
  directory: StudyDirectory,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<void> {
  const partial = `${path}.partial`
  rmSync(partial, { recursive: true, force: true }) // of a study that was killed
  const loaded = { scenario, source: plan.source, warnings: [] }
  const runEvents = { ...SILENT_RUN, onProgress: events.onRun, onWorldEnd: events.onRunEnd }
  const { summary, directory: made } = await runScenario({
    loaded,
    out: partial,
    train: false,
    evaluate: false,
    jobs: 1,
    events: runEvents,
    signal,
  })
  if (signal.aborted) rmSync(partial, { recursive: true, force: true })
  goOnUnless(signal, directory.path)
  if (summary.stopped !== null) {
    throw new WorldError(`${path}: the run was stopped: ${summary.stopped}: the data would be of a part only`)
  }
  const file = runDirectory(path).experiences
  writeJson(made.summary, { ...summary, experience: { ...summary.experience, file } })
  if (existsSync(path)) rmSync(path, { recursive: true }) // its summary was torn, or it would have been taken
  renameSync(made.path, path)
  if (readdirSync(partial).length === 0) rmSync(partial, { recursive: true })
}

function collectedRun(planned: PlannedRun, directory: string): CollectedRun {
  const summary = readJson<RunSummary>(runDirectory(directory).summary)!
  const { requests, errorRate, latency, experience, services } = summary
  // Of a service that nobody asks for there is nothing to try.
  const asked = services.filter(({ decisions }) => decisions > 0)
  const shares = asked.flatMap(({ instances }) => instances.map(({ share }) => share * instances.length))
  return {
    ...planned,
    directory,
    requests,
    errorRate,
    p95LatencyMs: latency.p95Ms,
    decisions: experience.recorded,
    meanReward: experience.meanReward,
    leastTried: shares.length === 0 ? 0 : Math.min(...shares),
  }
}
