import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { REWARD_PARTS } from '../../src/core/index.ts'
import { ExperienceLog, type PendingDecision } from '../../src/experience/index.ts'
import { totalReward } from '../../src/experience/reward.ts'
import { DECIDERS } from './deciders.ts'
import { collectingLog, Observations, OPTIONS, outcomeOf, runBoth, type Step, steps } from './schedules.ts'

const ORIGIN = { trace: 'a'.repeat(32), hop: 0, attempt: 0, phase: 0, profile: 0 }
const STATE = /"state":\{(.*?)\},"action"/
const NEXT = /"next":\{"dtMs":[\d.]+,(.*)\},"done"/

/** A log that is told one thing after the other, on one service. */
function told() {
  const collected = collectingLog()
  const observations = new Observations()
  const propensities = Float64Array.of(0.25, 0.75)
  return {
    ...collected,
    decide: (nowMs: number): PendingDecision =>
      collected.log.onDecision(0, observations.at(0, nowMs), 1, propensities, 0, ORIGIN, DECIDERS[0]),
    answer: (pending: PendingDecision, nowMs: number, status = 200): void =>
      collected.log.onOutcome(pending, outcomeOf(status, nowMs - pending.atMs), nowMs),
    close: (nowMs: number): void => collected.log.close(nowMs, (service) => observations.at(service, nowMs)),
  }
}

describe('a record is written when it is complete', () => {
  it('answer first, next decision after it', () => {
    const { log, decide, answer, records } = told()
    const first = decide(0)
    answer(first, 30)
    expect(log.recorded).toBe(0)
    decide(50)
    expect(records()).toMatchObject([{ decision: 0, next: { dtMs: 50 }, outcome: { latencyMs: 30 } }])
  })

  it('next decision first, answer after it', () => {
    const { log, decide, answer, records } = told()
    const [first, second] = [decide(0), decide(20)]
    expect(log.recorded).toBe(0)
    answer(second, 25)
    expect(log.recorded).toBe(0)
    answer(first, 30)
    expect(records()).toMatchObject([{ decision: 0, next: { dtMs: 20 }, outcome: { latencyMs: 30 } }])
    expect([log.decisions, log.recorded]).toEqual([2, 1])
  })

  it('at the end: the newest is truncated, with the closing state as its next', () => {
    const { decide, answer, close, records } = told()
    answer(decide(0), 30)
    answer(decide(40), 45)
    close(100)
    expect(records()).toMatchObject([
      { decision: 0, truncated: false, done: false, next: { dtMs: 40 } },
      {
        decision: 1,
        truncated: true,
        done: false,
        next: { dtMs: 60, context: [0, 3, 0.429, 2, 0, 0, 0, 0] },
      },
    ])
  })

  it('at the end: those without an answer are truncated and have no reward', () => {
    const { log, decide, answer, close, records } = told()
    decide(0)
    answer(decide(40), 45)
    close(100)
    const unanswered = { outcome: null, rewards: null, reward: null, truncated: true }
    expect(records().sort((a, b) => a.decision - b.decision)).toMatchObject([
      { decision: 0, ...unanswered, next: { dtMs: 40 } },
      { decision: 1, truncated: true, outcome: { status: 200 } },
    ])
    expect(log.rewards.means().count).toBe(1)
  })

  it('at the end of a run without decisions there is nothing', () => {
    const { log, lines, close } = told()
    close(100)
    expect(lines).toEqual([])
    expect(log.decisions).toBe(0)
  })
})

describe('whatever the order of decisions and answers', () => {
  it('every line says what the naive log says', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { log, records } = collectingLog()
        const { naive } = runBoth(log, list)
        const written = records().sort((a, b) => a.decision - b.decision)
        const expected = naive.records().map((record) => ({ ...record, ...roughly(record) }))
        expect(written).toEqual(expected)
        expect([log.decisions, log.recorded]).toEqual([expected.length, expected.length])
      }),
    )
  })

  it('the next of a record and the state of its follower are the same bytes', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { log, lines, records } = collectingLog()
        runBoth(log, list)
        const inOrder = records()
          .map((record, i) => ({ record, line: lines[i]! }))
          .sort((a, b) => a.record.decision - b.record.decision)
        for (const service of OPTIONS.services) {
          const own = inOrder.filter(({ record }) => record.service === service)
          for (const [i, { line }] of own.slice(1).entries()) {
            expect(NEXT.exec(own[i]!.line)![1]).toBe(STATE.exec(line)![1])
          }
        }
      }),
    )
  })

  // By Little's law: the intervals between decisions tile the time that requests spend in each service.
  it('the throughput parts of a run that ends empty sum to minus its latencies', () => {
    const targetLatencyMs = 1e6 // so long that no interval reaches the cap
    fc.assert(
      fc.property(steps, (list) => {
        const { log, records } = collectingLog({ ...OPTIONS.reward, targetLatencyMs })
        const { naive } = runBoth(log, list, true)
        const { count, parts } = log.rewards.means()
        const latencyMs = records().reduce((sum, { outcome }) => sum + outcome!.latencyMs!, 0)
        expect(count).toBe(log.decisions)
        fc.pre(count > 0)
        // Rewards are summed in steps of 2^-40.
        const roundingMs = count * targetLatencyMs * 2 ** -41
        expect(Math.abs(parts.throughput * count * targetLatencyMs + latencyMs)).toBeLessThan(
          roundingMs + 1e-6,
        )
        expectClose(naive.inSystemMs(0) + naive.inSystemMs(1), latencyMs)
      }),
    )
  })

  it('a log without a sink sums the same rewards and writes nothing', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { log: recording } = collectingLog()
        const silent = new ExperienceLog(OPTIONS)
        runBoth(recording, list)
        runBoth(silent, list)
        expect(silent.rewards.means()).toEqual(recording.rewards.means())
        expect([silent.decisions, silent.recorded]).toEqual([recording.decisions, 0])
      }),
    )
  })
})

it('can be re-weighted from the recorded parts', () => {
  const { decide, answer, close, records } = told()
  for (const [atMs, status] of [
    [0, 200],
    [100, 503],
    [300, 200],
  ] as const)
    answer(decide(atMs), atMs + 90, status)
  close(1000)
  const weights = { latency: 0, error: 3, throughput: 0, balance: 0, satisfaction: 1 }
  const rewards = records().map(({ rewards }) => totalReward(rewards!, { targetLatencyMs: 100, weights }))
  expect(rewards).toEqual([1, -3, 1])
  for (const { rewards, reward } of records())
    expect(reward).toBeCloseTo(totalReward(rewards!, OPTIONS.reward), 5)
})

it('uses its memory again', () => {
  const turn: Step[] = [0, 1].flatMap((service) =>
    (['decide', 'answer'] as const).map((kind) => ({ kind, service, afterMs: 5, pick: 0, status: 200 })),
  )
  const { log } = collectingLog()
  const { memory } = runBoth(log, Array.from({ length: 500 }, () => turn).flat())
  expect(log.decisions).toBe(1000)
  expect(memory.size).toBeLessThan(16)
})

/** Rewards are written with six decimals. */
function roughly({ rewards, reward }: ReturnType<ReturnType<typeof collectingLog>['records']>[number]) {
  if (rewards === null) return {}
  const parts = REWARD_PARTS.map((part) => [
    part,
    rewards[part] === null ? null : expect.closeTo(rewards[part], 5),
  ])
  return { rewards: Object.fromEntries(parts), reward: expect.closeTo(reward!, 5) }
}

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
}
