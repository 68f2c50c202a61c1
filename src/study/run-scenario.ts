/**
 * A run from beginning to end: run the scenario, train on what was recorded, replay the learned router against the
 * baselines, and sum it all up. This is what `loadgen run` does; a program can call it just as well.
 */
import { writeFileSync } from 'node:fs'
import type { EpochReport } from '../learning/index.ts'
import { refuseOracles } from '../routing/index.ts'
import {
  type LoadedScenario,
  requireServices,
  type Scenario,
  SERVICES,
  scenarioHash,
} from '../scenario/index.ts'
import { drawnFaults } from '../shop/index.ts'
import { describeDataset, refuseUntraced } from '../worlds/index.ts'
import { captureTokens } from './external-run.ts'
import { learn } from './learn-from-run.ts'
import { resolvePolicy } from './policies.ts'
import type { RunningStatistics } from './processes/running-total.ts'
import type { ReplayResult } from './replay.ts'
import { createRunDirectory, type RunDirectory, writeManifest } from './run-directory.ts'
import { openRunLog } from './run-log.ts'
import { type RunShare, segmentManifest } from './segments/run-share.ts'
import { keepStatistics } from './statistics/kept-statistics.ts'
import { RunStatistics } from './statistics/run-statistics.ts'
import type { RunSummary } from './summary/run-summary.ts'
import { type SummaryInput, summarize } from './summary/summarize.ts'
import { ThresholdWatch } from './summary/threshold-watch.ts'
import { withoutEffect } from './summary/without-effect.ts'
import { requireTarget } from './target-address.ts'
import { runWorld } from './world-run.ts'

export interface RunScenarioOptions {
  readonly loaded: LoadedScenario
  /** URL of a balancer that is not ours. */
  readonly target?: string
  /** Folder in which the run directory is made. */
  readonly out: string
  /** Only a part of the run, and when all parts begin. Nothing is trained on a part. */
  readonly share?: RunShare
  /** Generator processes of a live run [default: this one alone]. */
  readonly processes?: number
  readonly train: boolean
  readonly evaluate: boolean
  /** Worker threads for the replays. */
  readonly jobs: number
  readonly events: RunEvents
  readonly signal: AbortSignal
}

/** How a caller follows a run. */
export interface RunEvents {
  onStart(directory: RunDirectory): void
  onProgress(nowMs: number, statistics: RunningStatistics): void
  onWorldEnd(): void
  onTrainingStart(algorithm: string): void
  onEpoch(report: EpochReport): void
  onReplaysStart(count: number): void
  onReplay(result: ReplayResult): void
}

/** Follows nothing. */
export const SILENT_RUN: RunEvents = {
  onStart() {},
  onProgress() {},
  onWorldEnd() {},
  onTrainingStart() {},
  onEpoch() {},
  onReplaysStart() {},
  onReplay() {},
}

export interface FinishedRun {
  readonly summary: RunSummary
  readonly directory: RunDirectory
}

/** @throws LoadgenError where the run cannot go on; what has been recorded until then stays */
export async function runScenario(options: RunScenarioOptions): Promise<FinishedRun> {
  const { loaded, target, share = {}, events, signal } = options
  const { scenario } = loaded
  // What another balancer goes by is its own affair.
  const policy = target === undefined ? scenario.routing.policy : 'external'
  // What cannot work is to be found before anything is made.
  const policies = resolvePolicy(scenario.routing.policy)
  if (scenario.world === 'virtual') requireServices(scenario)
  if (scenario.world === 'live' && target === undefined) {
    refuseOracles(policies(SERVICES[0]))
    refuseUntraced(scenario)
  }
  if (target !== undefined && scenario.capture !== undefined) captureTokens(scenario.capture)
  if (target !== undefined) await requireTarget(target, scenario.client)
  const startedAt = new Date()
  const directory = createRunDirectory(options.out, scenario.name, startedAt, share.into)
  const log = openRunLog(directory.log)
  const runId = share.runId ?? runIdOf(scenario, new Date(share.startEpochMs ?? startedAt))
  const run = { id: runId, scenario, seed: scenario.seed, policy, target: target ?? 'embedded', startedAt }
  writeManifest(directory, { ...run, ...segmentManifest(share, scenario) })
  if (target === undefined) {
    writeFileSync(directory.dataset, `${JSON.stringify(describeDataset(runId, scenario), null, 2)}\n`)
  }
  log.info({ run: runId, world: scenario.world, policy, seed: scenario.seed, target: run.target }, 'start')
  const warnings = [...loaded.warnings, ...withoutEffect(scenario, target)]
  for (const warning of warnings) log.warn(warning)
  events.onStart(directory)

  try {
    const faults = target === undefined ? drawnFaults(scenario, scenario.seed) : []
    const statistics = new RunStatistics(scenario, faults)
    // A simulation of all ends when all of it is over, whatever one share of it looks like.
    const isSimulatedShare = share.segment !== undefined && scenario.world === 'virtual'
    const watch = new ThresholdWatch(isSimulatedShare ? { thresholds: [] } : scenario, statistics)
    const result = await runWorld({
      ...share,
      runId,
      scenario,
      seed: scenario.seed,
      policy,
      target,
      ...(options.processes === undefined ? {} : { processes: options.processes }),
      directory,
      statistics,
      onProgress: (nowMs, running = statistics) => {
        // Where nothing is answered any more, time goes on all the same.
        const measured = running === statistics ? statistics : running.whole?.()
        if (scenario.world === 'live' && measured !== undefined) watch.look(nowMs, measured)
        events.onProgress(nowMs, running)
      },
      signal: AbortSignal.any([signal, watch.signal]),
    })
    events.onWorldEnd()
    const input: SummaryInput = {
      runId,
      scenario,
      source: loaded.source.file,
      seed: scenario.seed,
      policy,
      target: run.target,
      startedAt,
      wallMs: Date.now() - startedAt.getTime(),
      interrupted: signal.aborted,
      statistics,
      warnings,
      ...result,
      ...watch.stopped,
    }
    keepStatistics(directory.statistics, input)
    const summary = summarize(input, share.segment)
    log.info(
      { requests: summary.requests, errorRate: summary.errorRate, recorded: result.experience.recorded },
      'end',
    )
    if (summary.stopped !== null) log.error(`stopped: ${summary.stopped}`)
    return { directory, summary: await learn(summary, options, directory, log) }
  } catch (error) {
    log.error(error as Error)
    throw error
  }
}

/** A virtual run is a function of scenario and seed, and so is its name; live runs differ by when they were. */
export function runIdOf(scenario: Scenario, startedAt: Date): string {
  const id = `${scenario.name}-${scenarioHash(scenario).slice(0, 8)}-${scenario.seed}`
  return scenario.world === 'virtual' ? id : `${id}-${startedAt.toISOString()}`
}
