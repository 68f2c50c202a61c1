/** One run of a scenario in either world, down to its statistics and files. */
import type { MeanRewards } from '../experience/index.ts'
import type { Scenario } from '../scenario/index.ts'
import type { Segment } from '../traffic/index.ts'
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
import { withRequestLog } from './generate-load.ts'
import { resolvePolicy } from './policies.ts'
import { GeneratorProcesses } from './processes/load-by-processes.ts'
import type { RunningStatistics } from './processes/running-total.ts'
import { sendLoad } from './processes/send-load.ts'
import { RequestLog } from './request-log.ts'
import type { RunDirectory } from './run-directory.ts'
import { waitUntil } from './segments/start-at.ts'
import type { RunStatistics } from './statistics/run-statistics.ts'

export interface WorldRunOptions {
  readonly runId: string
  readonly scenario: Scenario
  readonly seed: number
  readonly policy: string
  /** A balancer that is not ours; undefined raises the embedded target. */
  readonly target: string | undefined
  /** The share of the run that is carried out, or in the virtual world: told. */
  readonly segment?: Segment
  /** When the clock of a live run begins; undefined: at once. */
  readonly startEpochMs?: number
  /** Generator processes of a live run; undefined or 1: this process sends the load itself. */
  readonly processes?: number
  readonly directory: RunDirectory
  readonly statistics: RunStatistics
  /** Called often. In live runs several times a second, in virtual ones after every slice. */
  readonly onProgress: (nowMs: number, running?: RunningStatistics) => void
  readonly signal: AbortSignal
}

export interface WorldRunResult {
  readonly endMs: number
  /** Why it is not the whole run: a virtual one was stopped before its time, or a generator process was lost. */
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

export async function runWorld(options: WorldRunOptions): Promise<WorldRunResult> {
  if (options.scenario.world === 'virtual') return runVirtualWorld(options)
  if (options.startEpochMs !== undefined) await waitUntil(options.startEpochMs, options.signal)
  return options.target === undefined ? runEmbedded(options) : runExternal(options, options.target)
}

async function runVirtualWorld(options: WorldRunOptions): Promise<WorldRunResult> {
  const { runId, scenario, seed, directory, statistics, signal } = options
  const decisions = new DecisionStatistics()
  // This world waits for the disk, so no line need be left out.
  const requests = new RequestLog(directory.requests, scenario, Number.POSITIVE_INFINITY)
  const backlogs: Backlog[] = [requests]
  const world = await runVirtual({
    scenario,
    seed,
    ...(options.segment === undefined ? {} : { segment: options.segment }),
    policies: resolvePolicy(options.policy),
    observer: withRequestLog(statistics, requests),
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
  // Before the target, whose clock begins when it is ready: then nobody has to wait for them.
  const generators = await GeneratorProcesses.startFor(options)
  let target: TargetProcess
  try {
    target = await TargetProcess.start({ scenario, seed, policy, port: 0, recordTo })
  } catch (error) {
    generators?.kill()
    throw error
  }
  const lost = new AbortController()
  target.onLost((error) => lost.abort(error))
  try {
    const signal = AbortSignal.any([options.signal, lost.signal])
    const place = { origin: target.url, prefix: '/proxy', startEpochMs: target.startEpochMs }
    const sent = await sendLoad({ ...options, signal }, place, generators)
    if (lost.signal.aborted) throw lost.signal.reason
    const { decisions, recorded, rewards, observed } = await target.stop()
    const file = directory.experiences
    const experience = { decisions, recorded, file, rewards }
    return { ...sent, decisions: observed, captured: undefined, experience }
  } catch (error) {
    generators?.kill()
    target.kill()
    throw error
  }
}
