import { describe, expect, it } from 'vitest'
import { loadScenario, shippedScenarios } from '../../src/scenario/index.ts'
import { compare, replayAll, vocabulary } from '../../src/study/index.ts'
import { ReplayStatistics, sloMsOf } from '../../src/study/replay-statistics.ts'
import { finishedRequest } from './finished-request.ts'

const FAIL_FAST = loadFailFast()
const FAILED = { expected: false, reply: { status: 503 } }

function loadFailFast() {
  const { file } = shippedScenarios().find(({ name }) => name === 'fail-fast')!
  return loadScenario(file, { vocabulary }).scenario
}

function statisticsOf(...requests: readonly Parameters<typeof finishedRequest>[0][]): ReplayStatistics {
  const statistics = new ReplayStatistics({ ...FAIL_FAST, client: { ...FAIL_FAST.client, timeoutMs: 2000 } })
  for (const request of requests) statistics.onRequest(finishedRequest({ intendedMs: 1000, ...request }))
  return statistics
}

describe('the penalized latency', () => {
  it('is the mean latency where nothing fails, refused mistakes and late answers included', () => {
    const mistake = { mistake: 'invalidToken', reply: { status: 401 } }
    const statistics = statisticsOf({ endMs: 1100 }, { ...mistake, endMs: 1200 }, { endMs: 4000 })
    expect(statistics.penalizedLatencyMs).toBe(1100)
    expect(statistics.penalizedLatencyMs).toBe(statistics.successes.mean)
    expect(statistics).toMatchObject({ requests: 3, errorRate: 0, boundMs: 12 })
  })

  it("counts a quick failure with the client's timeout, and a slow one with its own length", () => {
    const statistics = statisticsOf(
      { endMs: 1100 },
      { endMs: 1300 },
      { ...FAILED, endMs: 1001 },
      { ...FAILED, endMs: 6000 },
    )
    expect(statistics.penalizedLatencyMs).toBe((100 + 300 + 2000 + 5000) / 4)
    expect(statistics.successes.mean).toBe(200)
    expect(statistics).toMatchObject({ requests: 4, failures: 2, errorRate: 0.5 })
  })

  it('stands without a success, and is unknown without a request', () => {
    const failed = statisticsOf({ ...FAILED, endMs: 1001 })
    expect(failed.penalizedLatencyMs).toBe(2000)
    expect(failed.successes.mean).toBeNaN()
    expect(statisticsOf().penalizedLatencyMs).toBeNaN()
    expect(statisticsOf().errorRate).toBe(0)
  })
})

describe('the limit that requests are to keep', () => {
  const reward = { ...FAIL_FAST.reward, targetLatencyMs: 120 }
  const limit = (metric: 'p95LatencyMs' | 'p99LatencyMs' | 'errorRate', limit: number) => ({
    metric,
    operator: '<' as const,
    limit,
  })

  it('is four times the good latency, as in Apdex, unless the scenario promises something', () => {
    expect(sloMsOf({ reward, thresholds: [limit('errorRate', 0.01)] })).toBe(480)
    expect(sloMsOf({ reward, thresholds: [limit('p95LatencyMs', 300)] })).toBe(300)
    expect(sloMsOf({ reward, thresholds: [limit('p95LatencyMs', 300), limit('p99LatencyMs', 900)] })).toBe(
      900,
    )
  })

  it('is missed by what takes longer, and by what fails', () => {
    const slow = { endMs: 1000 + sloMsOf(FAIL_FAST) }
    const { sloMissRate } = statisticsOf({ endMs: 1100 }, slow, { endMs: slow.endMs + 1 }, FAILED)
    expect(sloMissRate).toBe(0.5)
    expect(statisticsOf().sloMissRate).toBe(0)
  })
})

describe('in the scenario fail-fast', () => {
  it('the policy that sends most requests to the replica that only fails does not win', async () => {
    const scenario = loadFailFast()
    const broken = { ...scenario, phases: scenario.phases.slice(0, 2) }
    const tasks = [1, 2, 3].flatMap((seed) =>
      ['round-robin', 'least-outstanding'].map((policy) => ({ scenario: broken, policy, seed })),
    )
    const results = (await replayAll(tasks, { jobs: 1 })).map((result) => result!)
    const { rows, boundMs, verdict } = compare(results, 'round-robin')
    const [first, second] = rows
    expect([first!.policy, second!.policy, verdict]).toEqual(['round-robin', 'least-outstanding', 'better'])
    // It fails more and its answers are quicker: by these alone, it would be the best.
    expect(second!.errorRate).toBeGreaterThan(1.3 * first!.errorRate)
    expect(second!.meanLatencyMs).toBeLessThan(first!.meanLatencyMs)
    expect(compare(results, 'least-outstanding')).toMatchObject({
      reference: 'round-robin',
      verdict: 'worse',
    })
    expect(boundMs).toBeNull()
  })
})
