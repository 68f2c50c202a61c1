/** In the virtual world, the segments of a run are the run: line by line, and bucket by bucket. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Scenario } from '../../../src/scenario/index.ts'
import { runDirectory } from '../../../src/study/run-directory.ts'
import { segmentsOf } from '../../../src/study/segments/segment.ts'
import { RunStatistics } from '../../../src/study/statistics/run-statistics.ts'
import type { WorldRunOptions } from '../../../src/study/world-run.ts'
import { runWorld } from '../../../src/study/world-run.ts'
import type { Segment } from '../../../src/traffic/index.ts'
import { DecisionStatistics } from '../../../src/worlds/index.ts'
import { folderOf } from '../../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'

/** Closed and open users, in phases that overlap, with faults, retries and hedges: all that could be left out or told twice. */
const SCENARIO: Scenario = {
  ...smallScenario,
  world: 'virtual',
  accounts: 30,
  maxConcurrentUsers: 20,
  phases: [
    phaseOf({ name: 'closed', users: 9, rampUpMs: 10_000, pace: 4, durationMs: 120_000 }),
    phaseOf({ name: 'open', sessionsPerSecond: 0.5, pace: 4, startMs: 30_000, durationMs: 60_000 }),
  ],
  // Probes belong to no session, and a hedge to the one that it was made for.
  routing: { ...smallScenario.routing, policy: 'hedging(prequal, afterMs=30)' },
  client: { ...smallScenario.client, timeoutMs: 900, retries: { ...smallScenario.client.retries, most: 2 } },
}

interface Told {
  readonly requests: readonly string[]
  readonly experiences: readonly string[]
  readonly statistics: RunStatistics
  readonly decisions: DecisionStatistics
  readonly decided: number
  readonly endMs: number
}

async function tell(scenario: Scenario, segment?: Segment): Promise<Told> {
  const directory = runDirectory(folderOf({ 'keep.txt': '' }))
  const statistics = new RunStatistics(scenario)
  const options: WorldRunOptions = {
    runId: 'run',
    scenario,
    seed: scenario.seed,
    policy: scenario.routing.policy,
    target: undefined,
    ...(segment === undefined ? {} : { segment }),
    directory,
    statistics,
    onProgress() {},
    signal: new AbortController().signal,
  }
  const { endMs, decisions, experience } = await runWorld(options)
  statistics.finish(endMs)
  const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1)
  expect(experience.recorded).toBe(lines(directory.experiences).length)
  return {
    requests: lines(directory.requests),
    experiences: lines(directory.experiences),
    statistics,
    decisions: decisions!,
    decided: experience.decisions,
    endMs,
  }
}

describe('segments in the virtual world', () => {
  it('are together what the whole run is', async () => {
    const whole = await tell(SCENARIO)
    const shares = await Promise.all(segmentsOf(3).map((segment) => tell(SCENARIO, segment)))
    const statistics = new RunStatistics(SCENARIO)
    const decisions = new DecisionStatistics()
    for (const share of shares) {
      // No share is empty, or the cut would prove nothing.
      expect(share.requests.length).toBeGreaterThan(20)
      expect(share.endMs).toBe(whole.endMs)
      statistics.merge(share.statistics)
      decisions.merge(share.decisions)
    }
    expect(shares.flatMap(({ requests }) => requests).sort()).toEqual(whole.requests.toSorted())
    expect(shares.flatMap(({ experiences }) => experiences).sort()).toEqual(whole.experiences.toSorted())
    expect(shares.reduce((sum, { decided }) => sum + decided, 0)).toBe(whole.decided)
    expect(JSON.stringify(statistics)).toBe(JSON.stringify(whole.statistics))
    expect(JSON.stringify(decisions)).toBe(JSON.stringify(whole.decisions))
  })
})
