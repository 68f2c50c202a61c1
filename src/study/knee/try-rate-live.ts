/** One try over sockets: against a balancer at a URL, or against a shop that is raised for this try alone. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Scenario } from '../../scenario/index.ts'
import { epochMs, HttpClient, LiveWorld, TargetProcess } from '../../worlds/index.ts'
import type { LoadTarget } from '../generate-load.ts'
import { RunStatistics } from '../statistics/run-statistics.ts'
import { targetAddress } from '../target-address.ts'
import { atRate } from './rate-scenario.ts'
import { type RateTask, type RateTry, tryOf } from './try-rate.ts'
import { WindowObserver } from './window-observer.ts'

/** A target that was overloaded a moment ago is given time to get over it. */
const REST_MS = 1000

export interface LiveTryOptions {
  /** URL of a balancer that is not ours. */
  readonly target: string | undefined
  readonly signal: AbortSignal | undefined
}

/** @throws TargetError, WorldError if the target cannot be raised, or is lost */
export async function tryLive(task: RateTask, { target, signal }: LiveTryOptions): Promise<RateTry> {
  const stop = signal ?? new AbortController().signal
  const scenario = atRate(task.scenario, task.sessionsPerSecond, task.time)
  if (target === undefined) return tryEmbedded(task, scenario, stop)
  const made = await sendTo(task, scenario, { ...targetAddress(target), startEpochMs: epochMs() }, stop)
  await pause(REST_MS, undefined, { signal: stop }).catch(() => {})
  return made
}

async function tryEmbedded(task: RateTask, scenario: Scenario, stop: AbortSignal): Promise<RateTry> {
  const { seed, policy } = task
  const target = await TargetProcess.start({ scenario, seed, policy, port: 0 })
  const lost = new AbortController()
  target.onLost((error) => lost.abort(error))
  try {
    const place = { origin: target.url, prefix: '/proxy', startEpochMs: target.startEpochMs }
    const made = await sendTo(task, scenario, place, AbortSignal.any([stop, lost.signal]))
    if (lost.signal.aborted) throw lost.signal.reason
    await target.stop()
    return made
  } catch (error) {
    target.kill()
    throw error
  }
}

async function sendTo(
  task: RateTask,
  scenario: Scenario,
  { origin, prefix: pathPrefix, startEpochMs }: LoadTarget,
  stop: AbortSignal,
): Promise<RateTry> {
  const { seed, time } = task
  const statistics = new RunStatistics(scenario)
  const observer = new WindowObserver(statistics, time)
  const client = new HttpClient(origin, scenario.client)
  try {
    const world = new LiveWorld({
      scenario,
      seed,
      observer,
      client,
      pathPrefix,
      startEpochMs,
      // Tries share a target: an account of one must not be known there from another.
      accountPrefix: `k${Math.floor(startEpochMs).toString(36)}`,
      fidelity: statistics.generator,
    })
    await world.run(stop)
    return tryOf(task, scenario, statistics, observer.dropped)
  } finally {
    await client.close()
  }
}
