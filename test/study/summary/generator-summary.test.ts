/** The verdict on the generator: each rule by itself, at either side of its limit. */
import { describe, expect, it } from 'vitest'
import { RunStatistics } from '../../../src/study/statistics/run-statistics.ts'
import { generatorSummary, generatorWarnings } from '../../../src/study/summary/generator-summary.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'

const scenario = {
  ...smallScenario,
  world: 'live' as const,
  phases: [phaseOf({ sessionsPerSecond: 50, durationMs: 10_000 }), phaseOf({ users: 3, durationMs: 10_000 })],
}

interface Course {
  readonly starts?: number
  readonly lagMs?: number
  readonly latencyMs?: number
  readonly loopDelayMs?: number
  readonly cpuShares?: readonly number[]
  readonly wallMs?: number
  readonly planned?: number
  readonly dropped?: number
  readonly started?: number
  /** Requests that failed for want of file descriptors. */
  readonly lost?: number
}

function verdictOn(course: Course) {
  const {
    starts = 500,
    lagMs = 0.1,
    latencyMs = 20,
    loopDelayMs = 1,
    cpuShares = [0.3],
    wallMs = 10_000,
  } = course
  const statistics = new RunStatistics(scenario)
  const { generator, total, phases } = statistics
  for (let i = 0; i < starts; i++) {
    generator.onStart(10 * i + 5, 10 * i + 5 + lagMs)
    total.add(latencyMs, false)
  }
  for (let i = 0; i < (course.lost ?? 0); i++) {
    statistics.failures.add('resources')
    statistics.failureDetails.add('resources', i % 2 === 0 ? 'EMFILE' : 'EADDRNOTAVAIL')
  }
  generator.loopDelay.record(loopDelayMs)
  for (const share of cpuShares) generator.onProcess({ cpuMs: share * wallMs, waitMs: share * 100, wallMs })
  const { planned = 500, dropped = 0, started = 500 } = course
  Object.assign(phases[0]!, { planned, dropped, sessions: started })
  // The sessions of users who come back are not planned one by one.
  phases[1]!.sessions = 10_000
  const summary = generatorSummary(scenario, statistics)!
  expect(summary.verdict).toBe(summary.reasons.length === 0 ? 'ok' : 'saturated')
  return { summary, reasons: summary.reasons.join('\n'), warnings: generatorWarnings(statistics, summary) }
}

describe('the generator of a live run', () => {
  it('can be trusted when nothing is wrong', () => {
    const { summary, warnings } = verdictOn({})
    expect([summary.verdict, summary.reasons, warnings]).toEqual(['ok', [], []])
    expect(summary.timedStarts).toBe(500)
    expect([summary.cpuShare, summary.coreWaitShare]).toEqual([0.3, 0.003])
    expect(summary.lagMs.p50).toBeCloseTo(0.1, 3)
    expect(summary.dispersion).toEqual({ planned: 0, actual: 0, binMs: 10 })
  })

  it('is there in live runs only', () => {
    expect(generatorSummary(scenario, new RunStatistics(scenario))).toBeNull()
  })

  it.each([
    [
      { lagMs: 11, latencyMs: 20 },
      'late at p99: more than 10 ms, and more than a tenth of the latency (20.0 ms)',
    ],
    [{ lagMs: 3, latencyMs: 20 }, 'starts were 3.0 ms late at p50: more than 2 ms'],
    [{ loopDelayMs: 51 }, 'the event loop was 51.0 ms behind at p99: more than 50 ms'],
    [{ cpuShares: [0.2, 0.91] }, 'a process took 91 % of a core: more than 90 %'],
    [{ started: 480 }, '20 of 500 planned starts that had a user were not made in time: more than 3 %'],
    [{ lost: 6 }, '6 of 500 requests failed because the generator ran out of files, ports or memory'],
    [{ lost: 6 }, '(EADDRNOTAVAIL, EMFILE): raise ulimit -n, or lower client.connections.most'],
  ] satisfies [Course, string][])('is saturated with %j', (course, reason) => {
    const { reasons, warnings } = verdictOn(course)
    expect(reasons).toContain(reason)
    expect(warnings).toEqual([expect.stringContaining('generator saturated: do not trust these numbers')])
  })

  it.each([
    // Late by more than any timer, and yet a small part of what is measured.
    { lagMs: 11, latencyMs: 200 },
    { lagMs: 1.9, latencyMs: 2 },
    { loopDelayMs: 49 },
    { cpuShares: [0.89, 0.89] },
    // A start for which there is no user is the doing of a limit.
    { dropped: 100, started: 400 },
    { started: 486 },
    { lost: 5 },
    // Too few, or too short, to tell.
    { starts: 99, lagMs: 100 },
    { wallMs: 1900, loopDelayMs: 200 },
    { wallMs: 900, cpuShares: [0.99] },
    { planned: 99, started: 1 },
  ] satisfies Course[])('is not saturated with %j', (course) => {
    expect(verdictOn(course).reasons).toBe('')
  })

  it('says what kept it from working as it should', () => {
    const statistics = new RunStatistics(scenario)
    statistics.generator.onProcess({ cpuMs: 1, waitMs: null, wallMs: 1000 })
    statistics.generator.onTrouble('no helper thread')
    expect(generatorWarnings(statistics, generatorSummary(scenario, statistics))).toEqual([
      'no helper thread',
    ])
  })
})
