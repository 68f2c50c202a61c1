/** One run of a scenario in either world, down to its statistics and files. */
import { JsonlFile, type MeanRewards } from '../experience/index.ts'
import type { Scenario } from '../scenario/index.ts'
import {
  type Backlog,
  DecisionStatistics,
  logNames,
  RecordingThread,
  runVirtual,
  TargetProcess,
} from '../worlds/index.ts'
import type { CapturedRun } from './captured-run.ts'
import { runExternal } from './external-run.ts'
import { generateLoad, withRequestLog } from './generate-load.ts'
import { resolvePolicy } from './policies.ts'
import { RequestLog } from './request-log.ts'
import type { RunDirectory } from './run-directory.ts'
import type { RunStatistics } from './run-statistics.ts'

export interface WorldRunOptions {
  readonly runId: string
  readonly scenario: Scenario
  readonly seed: number
  readonly policy: string
  /** A balancer that is not ours; undefined raises the embedded target. */
  readonly target: string | undefined
  readonly directory: RunDirectory
  readonly statistics: RunStatistics
  /** Called often. In live runs several times a second, in virtual ones after every slice. */
  readonly onProgress: (nowMs: number) => void
  readonly signal: AbortSignal
}

export interface WorldRunResult {
  readonly endMs: number
  /** Why a virtual run was stopped before its time, if it was. */
  readonly stopped: string | null
  /** What the balancer saw, or a client that captured the decisions of one that is not ours; else undefined. */
  readonly decisions: DecisionStatistics | undefined
  readonly captured: CapturedRun | undefined
  readonly experience: {
    readonly decisions: number
    readonly recorded: number
    readonly file: string | null
    readonly rewards: MeanRewards | null
  }
}

export function runWorld(options: WorldRunOptions): Promise<WorldRunResult> {
  if (options.scenario.world === 'virtual') return runVirtualWorld(options)
  return options.target === undefined ? runEmbedded(options) : runExternal(options, options.target)
}

async function runVirtualWorld(options: WorldRunOptions): Promise<WorldRunResult> {
  const { runId, scenario, seed, directory, statistics, signal } = options
  const decisions = new DecisionStatistics()
  const requests = await JsonlFile.create(directory.requests)
  const backlogs: Backlog[] = [requests]
  const world = await runVirtual({
    scenario,
    seed,
    policies: resolvePolicy(options.policy),
    observer: withRequestLog(statistics, new RequestLog(requests, scenario)),
    decisions,
    record: (routers) => {
      const recording = new RecordingThread(
        directory.experiences,
        logNames({ run: runId, scenario, routers }),
      )
      backlogs.push(recording)
      return recording
    },
    files: backlogs,
    onSlice: options.onProgress,
    signal,
  })
  await requests.close()
  const results = await world.log!.finish()
  const experience = { ...results, file: directory.experiences }
  return { endMs: world.nowMs, stopped: world.stopped ?? null, decisions, captured: undefined, experience }
}

async function runEmbedded(options: WorldRunOptions): Promise<WorldRunResult> {
  const { runId, scenario, seed, policy, directory } = options
  const recordTo = { run: runId, file: directory.experiences }
  const target = await TargetProcess.start({ scenario, seed, policy, port: 0, recordTo })
  const lost = new AbortController()
  target.onLost((error) => lost.abort(error))
  try {
    const signal = AbortSignal.any([options.signal, lost.signal])
    const endMs = await generateLoad(
      { ...options, signal },
      { origin: target.url, prefix: '/proxy', startEpochMs: target.startEpochMs },
    )
    if (lost.signal.aborted) throw lost.signal.reason
    const { decisions, recorded, rewards, observed } = await target.stop()
    const file = directory.experiences
    const experience = { decisions, recorded, file, rewards }
    return { endMs, stopped: null, decisions: observed, captured: undefined, experience }
  } catch (error) {
    target.kill()
    throw error
  }
}
