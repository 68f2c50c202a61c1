/** One run of a scenario in either world, down to its statistics and files. */
import { RandomStreams, TargetError } from '../core/index.ts'
import { JsonlFile, type MeanRewards } from '../experience/index.ts'
import type { Scenario } from '../scenario/index.ts'
import {
  type Backlog,
  DecisionStatistics,
  epochMs,
  type FinishedRequest,
  HttpClient,
  LiveWorld,
  logNames,
  RecordingThread,
  type RunObserver,
  runVirtual,
  TargetProcess,
} from '../worlds/index.ts'
import { resolvePolicy } from './policies.ts'
import { RequestLog } from './request-log.ts'
import type { RunDirectory } from './run-directory.ts'
import type { RunStatistics } from './run-statistics.ts'

const CLIENT_CONNECTIONS = 256
const PROGRESS_MS = 250
const FLUSH_MS = 100

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
  /** What the balancer saw; undefined with one that is not ours. */
  readonly decisions: DecisionStatistics | undefined
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
  return { endMs: world.nowMs, stopped: world.stopped ?? null, decisions, experience }
}

async function runEmbedded(options: WorldRunOptions): Promise<WorldRunResult> {
  const { runId, scenario, seed, policy, directory } = options
  const recordTo = { run: runId, file: directory.experiences }
  const target = await TargetProcess.start({ scenario, seed, policy, port: 0, recordTo })
  const lost = new AbortController()
  target.onLost((error) => lost.abort(error))
  try {
    const signal = AbortSignal.any([options.signal, lost.signal])
    const endMs = await generate({ ...options, signal }, target.url, '/proxy', target.startEpochMs)
    if (lost.signal.aborted) throw lost.signal.reason
    const { decisions, recorded, rewards, observed } = await target.stop()
    const file = directory.experiences
    const experience = { decisions, recorded, file, rewards }
    return { endMs, stopped: null, decisions: observed, experience }
  } catch (error) {
    target.kill()
    throw error
  }
}

async function runExternal(options: WorldRunOptions, target: string): Promise<WorldRunResult> {
  const { origin, prefix } = targetAddress(target)
  const endMs = await generate(options, origin, prefix, epochMs())
  const experience = { decisions: 0, recorded: 0, file: null, rewards: null }
  return { endMs, stopped: null, decisions: undefined, experience }
}

/** Sends the load and returns when it ended, in ms of the run. */
async function generate(
  options: WorldRunOptions,
  origin: string,
  pathPrefix: string,
  startEpochMs: number,
): Promise<number> {
  const { scenario, seed, directory, statistics, signal } = options
  const requests = await JsonlFile.create(directory.requests)
  const client = new HttpClient(origin, CLIENT_CONNECTIONS)
  const accountPrefix = Math.floor(new RandomStreams(startEpochMs).stream('accounts')() * 1e9).toString(36)
  const observer = withRequestLog(statistics, new RequestLog(requests, scenario))
  const world = new LiveWorld({ scenario, seed, observer, client, pathPrefix, startEpochMs, accountPrefix })
  const progress = setInterval(() => options.onProgress(world.nowMs), PROGRESS_MS)
  const flushing = setInterval(() => requests.flush(), FLUSH_MS)
  try {
    await world.run(signal)
    return world.nowMs
  } finally {
    clearInterval(progress)
    clearInterval(flushing)
    await client.close()
    await requests.close()
  }
}

/** Statistics first, then the line in the file. */
export function withRequestLog(statistics: RunStatistics, log: RequestLog): RunObserver {
  return {
    onRequest: (request: FinishedRequest) => {
      statistics.onRequest(request)
      log.add(request)
    },
    onSessionStart: (phase) => statistics.onSessionStart(phase),
    onSessionEnd: (phase, result) => statistics.onSessionEnd(phase, result),
    onCheck: (name, passed) => statistics.onCheck(name, passed),
    onUsers: (nowMs, users, perPhase) => statistics.onUsers(nowMs, users, perPhase),
    onDropped: () => statistics.onDropped(),
  }
}

/** Splits a target's URL; one without a path means `/proxy`, as our own balancer has it. */
export function targetAddress(target: string): { origin: string; prefix: string } {
  const url = URL.canParse(target) ? new URL(target) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TargetError(`target "${target}": expected a URL like http://127.0.0.1:8080/proxy`)
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TargetError(
      `target "${target}": expected scheme, host, port and path only, like http://127.0.0.1:8080/proxy`,
    )
  }
  const path = url.pathname.replace(/\/+$/, '')
  return { origin: url.origin, prefix: path === '' ? '/proxy' : path }
}

/**
 * Makes sure that something answers there. Any HTTP answer will do: whether it is a good one is for the thresholds.
 *
 * @throws TargetError if nothing does
 */
export async function requireTarget(target: string): Promise<void> {
  const { origin, prefix } = targetAddress(target)
  const client = new HttpClient(origin, 1)
  const path = `${prefix}/user-service/actuator/health`
  const failure = await new Promise<string | null>((resolve) => {
    const abort = client.send({ method: 'GET', path, headers: [] }, (result) => {
      clearTimeout(timer)
      resolve(result.failure)
    })
    const timer = setTimeout(() => abort('timeout'), 5_000)
  })
  await client.close()
  if (failure === null) return
  throw new TargetError(
    `${origin}${path}: no answer (${failure}): start the balancer or correct --target; ` +
      'without --target, loadgen raises its own',
  )
}
