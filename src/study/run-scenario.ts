/**
 * A run from beginning to end: run the scenario, train on what was recorded, replay the learned router against the
 * baselines, and sum it all up. This is what `loadgen run` does; a program can call it just as well.
 */
import { writeFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LoadgenError } from '../core/index.ts'
import { type EpochReport, type TrainingSummary as TrainedModel, trainModel } from '../learning/index.ts'
import { refuseOracles } from '../routing/index.ts'
import { type LoadedScenario, type Scenario, SERVICES, scenarioHash } from '../scenario/index.ts'
import { drawnFaults } from '../shop/index.ts'
import { describeDataset } from '../worlds/index.ts'
import { compare } from './compare.ts'
import { oraclesOf } from './comparison/choose-policies.ts'
import { judgingSeeds } from './comparison/judging-seeds.ts'
import { captureTokens } from './external-run.ts'
import { modelPolicy, resolvePolicy } from './policies.ts'
import type { ReplayResult, ReplayTask } from './replay.ts'
import { replayAll } from './replay-pool.ts'
import { createRunDirectory, type RunDirectory, writeManifest } from './run-directory.ts'
import { openRunLog, type RunLog } from './run-log.ts'
import { RunStatistics } from './run-statistics.ts'
import type { ComparisonSummary, RunSummary, TrainingSummary } from './run-summary.ts'
import { summarize } from './summarize.ts'
import { requireTarget } from './target-address.ts'
import { withoutEffect } from './without-effect.ts'
import { runWorld } from './world-run.ts'

export interface RunScenarioOptions {
  readonly loaded: LoadedScenario
  /** URL of a balancer that is not ours. */
  readonly target?: string
  /** Folder in which the run directory is made. */
  readonly out: string
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
  onProgress(nowMs: number, statistics: RunStatistics): void
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
  const { loaded, target, events, signal } = options
  const { scenario } = loaded
  // What another balancer goes by is its own affair.
  const policy = target === undefined ? scenario.routing.policy : 'external'
  // What cannot work is to be found before anything is made.
  const policies = resolvePolicy(scenario.routing.policy)
  if (scenario.world === 'live' && target === undefined) refuseOracles(policies(SERVICES[0]))
  if (target !== undefined && scenario.capture !== undefined) captureTokens(scenario.capture)
  if (target !== undefined) await requireTarget(target)
  const startedAt = new Date()
  const directory = createRunDirectory(options.out, scenario.name, startedAt)
  const log = openRunLog(directory.log)
  const runId = runIdOf(scenario, startedAt)
  const run = { id: runId, scenario, seed: scenario.seed, policy, target: target ?? 'embedded', startedAt }
  writeManifest(directory, run)
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
    const result = await runWorld({
      runId,
      scenario,
      seed: scenario.seed,
      policy,
      target,
      directory,
      statistics,
      onProgress: (nowMs) => events.onProgress(nowMs, statistics),
      signal,
    })
    events.onWorldEnd()
    const summary = summarize({
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
    })
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
function runIdOf(scenario: Scenario, startedAt: Date): string {
  const id = `${scenario.name}-${scenarioHash(scenario).slice(0, 8)}-${scenario.seed}`
  return scenario.world === 'virtual' ? id : `${id}-${startedAt.toISOString()}`
}

/** Training and comparison, as far as they are wanted and possible. The reason why not becomes a warning. */
async function learn(
  summary: RunSummary,
  options: RunScenarioOptions,
  directory: RunDirectory,
  log: RunLog,
): Promise<RunSummary> {
  const { scenario } = options.loaded
  if (!options.train || options.signal.aborted || summary.stopped !== null) return summary
  const warn = (text: string): RunSummary => {
    log.warn(text)
    return { ...summary, warnings: [...summary.warnings, text] }
  }
  if (summary.experience.file === null) {
    return warn(
      'not trained: the decisions of a balancer that is not ours cannot be seen, unless its answers name the instance: ' +
        'say in which header (capture.instanceHeader of the scenario, or --instance-header); ' +
        '"loadgen doctor --target URL" shows whether there is one, and how to add it',
    )
  }
  let training: TrainingSummary
  try {
    training = await train(scenario, options, directory)
  } catch (error) {
    // The run itself is sound; that its data does not suffice for a model must not take the summary away.
    if (error instanceof LoadgenError) return warn(`not trained: ${error.message}`)
    throw error
  }
  log.info({ model: directory.model, epochs: training.epochs }, 'trained')
  if (!options.evaluate) return { ...summary, training }
  if (options.target !== undefined) {
    const text =
      'not compared: replays are of the simulated shop, and the model is of the instances of another'
    return { ...warn(text), training }
  }
  let comparison: ComparisonSummary | null
  try {
    comparison = await evaluate(scenario, directory, options)
  } catch (error) {
    if (error instanceof LoadgenError) return { ...warn(`not compared: ${error.message}`), training }
    throw error
  }
  if (comparison === null) return { ...warn('not compared: interrupted'), training }
  log.info({ verdict: comparison.verdict, reference: comparison.reference }, 'compared')
  return { ...summary, training, comparison }
}

async function train(
  scenario: Scenario,
  { events, signal }: RunScenarioOptions,
  directory: RunDirectory,
): Promise<TrainingSummary> {
  const { algorithm } = scenario.training
  events.onTrainingStart(algorithm)
  const trained = await trainModel({
    directories: [directory.path],
    algorithm,
    seed: scenario.seed,
    output: directory.model,
    onEpoch: async (report) => {
      events.onEpoch(report)
      await nextTurn() // in which an interrupt is heard
    },
    shouldStop: () => signal.aborted,
  })
  return trainingSummary(algorithm, trained)
}

function trainingSummary(algorithm: string, { output, epochs, metrics }: TrainedModel): TrainingSummary {
  return {
    algorithm,
    model: output,
    transitions: metrics.transitions.training,
    epochs: epochs.length,
    facts: metrics.facts,
    curve: epochs.map(({ epoch, trainingLoss, validationLoss }) => ({
      epoch,
      loss: trainingLoss,
      validation: validationLoss,
    })),
  }
}

/** Held-out seeds of the scenario, in the virtual world, with the learned router, every baseline and the oracles. */
async function evaluate(
  scenario: Scenario,
  directory: RunDirectory,
  { events, jobs, signal }: RunScenarioOptions,
): Promise<ComparisonSummary | null> {
  const learned = modelPolicy(directory.model)
  const policies = [...new Set([...scenario.evaluation.policies, ...oraclesOf(scenario), learned])]
  const seeds = judgingSeeds(scenario, scenario.evaluation.seeds)
  const tasks: ReplayTask[] = seeds.flatMap((seed) => policies.map((policy) => ({ scenario, policy, seed })))
  events.onReplaysStart(tasks.length)
  const results = await replayAll(tasks, { jobs, onResult: (result) => events.onReplay(result), signal })
  if (signal.aborted) return null
  const named = results.map((result) => ({
    ...result!,
    policy: result!.policy === learned ? 'learned' : result!.policy,
  }))
  return compare(named, 'learned')
}
