/**
 * The same comparison over sockets: each policy gets an embedded target of its own and the same load, one after the
 * other. A machine is not as fast at one time as at another; so the policies of a block run close together, each block
 * has them all in an order of its own, and what is compared is what happened within a block.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RandomStreams } from '../../core/index.ts'
import { type Scenario, SERVICES, shortenedExecutor } from '../../scenario/index.ts'
import { HttpClient, LiveWorld, TargetProcess } from '../../worlds/index.ts'
import { measured, type ReplayResult } from '../replay.ts'
import { meanFairness } from '../replay-decisions.ts'
import { ReplayStatistics } from '../replay-statistics.ts'

export interface LiveBlocksOptions {
  readonly scenario: Scenario
  readonly policies: readonly string[]
  /** One block each. */
  readonly seeds: readonly number[]
  readonly onResult: ((result: ReplayResult) => void) | undefined
  readonly signal: AbortSignal | undefined
}

/** @returns every policy with every seed; fewer if the signal cut in */
export async function replayLive(options: LiveBlocksOptions): Promise<ReplayResult[]> {
  const { scenario, policies, seeds, onResult, signal = new AbortController().signal } = options
  const results: ReplayResult[] = []
  for (const seed of seeds) {
    for (const policy of shuffled(policies, seed)) {
      if (signal.aborted) return results
      const result = await replayOnce(scenario, policy, seed, signal)
      if (signal.aborted) return results // half a run compares with nothing
      results.push(result)
      onResult?.(result)
    }
  }
  return results
}

/** The first so many seconds of a scenario; all of it if it is no longer than that. */
export function firstSeconds(scenario: Scenario, seconds: number): Scenario {
  const endMs = seconds * 1000
  const phases = scenario.phases
    .filter(({ startMs }) => startMs < endMs)
    .map((phase) => ({ ...phase, durationMs: Math.min(phase.durationMs, endMs - phase.startMs) }))
  return {
    ...scenario,
    phases: phases.map((phase) => ({
      ...phase,
      executor: shortenedExecutor(phase.executor, phase.durationMs),
    })),
  }
}

async function replayOnce(
  scenario: Scenario,
  policy: string,
  seed: number,
  signal: AbortSignal,
): Promise<ReplayResult> {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-compare-'))
  try {
    return await replayIn(folder, scenario, policy, seed, signal)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param folder for the records, which the target sums the rewards of */
async function replayIn(
  folder: string,
  scenario: Scenario,
  policy: string,
  seed: number,
  stop: AbortSignal,
): Promise<ReplayResult> {
  const recordTo = { run: 'compare', file: join(folder, 'experiences.jsonl') }
  const target = await TargetProcess.start({ scenario, seed, policy, port: 0, recordTo })
  const lost = new AbortController()
  target.onLost((error) => lost.abort(error))
  const statistics = new ReplayStatistics(scenario)
  const client = new HttpClient(target.url, scenario.client)
  try {
    const world = new LiveWorld({
      scenario,
      seed,
      observer: statistics,
      client,
      pathPrefix: '/proxy',
      startEpochMs: target.startEpochMs,
      accountPrefix: `c${seed.toString(36)}`,
    })
    await world.run(AbortSignal.any([stop, lost.signal]))
    if (lost.signal.aborted) throw lost.signal.reason
    const { observed, rewards } = await target.stop()
    const sent = SERVICES.map((_, i) => observed.services[i]!.instances.map(({ answers }) => answers))
    return {
      policy,
      seed,
      ...measured(statistics, scenario),
      fairness: meanFairness(sent, scenario),
      meanReward: rewards?.reward ?? Number.NaN,
      boundMs: Number.NaN,
      faultyShare: null,
    }
  } catch (error) {
    target.kill()
    throw error
  } finally {
    await client.close()
  }
}

/** Fisher and Yates: every order is as likely, and the same for the same seed. */
function shuffled(policies: readonly string[], seed: number): string[] {
  const random = new RandomStreams(seed).stream('blocks')
  const order = [...policies]
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
