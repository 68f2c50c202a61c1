/** The load of a scenario on a balancer at a URL, down to statistics and `requests.jsonl`. */
import { RandomStreams } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'
import type { Segment } from '../traffic/index.ts'
import {
  type Capture,
  type FinishedRequest,
  HttpClient,
  LiveWorld,
  type RunObserver,
} from '../worlds/index.ts'
import { RequestLog } from './request-log.ts'
import type { RunDirectory } from './run-directory.ts'
import type { RunStatistics } from './statistics/run-statistics.ts'

const PROGRESS_MS = 250
export const FLUSH_MS = 100

export interface LoadOptions {
  readonly scenario: Scenario
  readonly seed: number
  /** The share of the load that is sent. */
  readonly segment?: Segment
  readonly directory: RunDirectory
  readonly statistics: RunStatistics
  readonly onProgress: (nowMs: number) => void
  readonly signal: AbortSignal
}

export interface LoadTarget {
  readonly origin: string
  /** Path in front of `/<service>`. */
  readonly prefix: string
  /** When the clock of the run began. */
  readonly startEpochMs: number
  /** Sees the decisions of a balancer that is not ours. */
  readonly capture?: Capture
}

/** Sends the load and returns when it ended, in ms of the run. */
export async function generateLoad(
  options: LoadOptions,
  { origin, prefix: pathPrefix, startEpochMs, capture }: LoadTarget,
): Promise<number> {
  const { scenario, seed, directory, statistics, signal } = options
  const requests = new RequestLog(directory.requests, scenario)
  const client = new HttpClient(origin, scenario.client)
  const accountPrefix = Math.floor(new RandomStreams(startEpochMs).stream('accounts')() * 1e9).toString(36)
  const observer = withRequestLog(statistics, requests)
  const world = new LiveWorld({
    scenario,
    seed,
    observer,
    client,
    pathPrefix,
    startEpochMs,
    accountPrefix,
    fidelity: statistics.generator,
    ...(options.segment === undefined ? {} : { segment: options.segment }),
    ...(capture === undefined ? {} : { capture }),
  })
  const progress = setInterval(() => options.onProgress(world.nowMs), PROGRESS_MS)
  const flushing = setInterval(() => requests.flush(), FLUSH_MS)
  try {
    await world.run(signal)
    return Math.max(0, world.nowMs)
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
      if (!log.add(request)) statistics.unlogged.requests++
    },
    onSessionStart: (phase) => statistics.onSessionStart(phase),
    onSessionEnd: (phase, result) => statistics.onSessionEnd(phase, result),
    onCheck: (name, passed) => statistics.onCheck(name, passed),
    onMeasure: (metric, value, nowMs) => statistics.onMeasure(metric, value, nowMs),
    onUsers: (nowMs, users, perPhase) => statistics.onUsers(nowMs, users, perPhase),
    onPlanned: (phase) => statistics.onPlanned(phase),
    onDropped: (phase) => statistics.onDropped(phase),
  }
}
