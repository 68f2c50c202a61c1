import { describe, expect, it } from 'vitest'
import { RunStatistics } from '../../../src/study/index.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { finishedRequest } from '../finished-request.ts'

const SCENARIO = {
  ...smallScenario,
  phases: [phaseOf({ durationMs: 60_000 }), phaseOf({ name: 'second', startMs: 60_000, durationMs: 60_000 })],
}

describe('requests', () => {
  it('count in total, in their phase and for their action', () => {
    const statistics = new RunStatistics(SCENARIO)
    statistics.onRequest(finishedRequest())
    statistics.onRequest(finishedRequest({ phase: 1, action: 'search', endMs: 1100 }))
    expect(statistics.total).toMatchObject({ requests: 2, failures: 0, errorRate: 0 })
    expect(statistics.phases.map(({ counts }) => counts.requests)).toEqual([1, 1])
    expect(statistics.byAction.get('search')!.latency.mean).toBe(100)
  })

  it('last from the moment at which the user wanted them to start; their service time from when they did', () => {
    const statistics = new RunStatistics(SCENARIO)
    statistics.onRequest(finishedRequest({ intendedMs: 1000, startMs: 1400, endMs: 1500 }))
    expect(statistics.total.latency.max).toBe(500)
    expect(statistics.serviceTime.max).toBe(100)
  })

  it('have no service time if they never had a connection, and have queued to the end', () => {
    const live = { ...SCENARIO, world: 'live' as const }
    const statistics = new RunStatistics(live)
    const timeout = { expected: false, reply: { status: 0, failure: 'timeout' as const } }
    statistics.onRequest(finishedRequest({ startMs: 1010, endMs: 1040 }))
    statistics.onRequest(finishedRequest({ ...timeout, startMs: Number.NaN, endMs: 3000 }))
    const { total, serviceTime, serviceTimeByAction, serviceTimeByPhase, generator } = statistics
    expect([total.latency.count, total.latency.max, generator.queued.max]).toEqual([2, 2000, 2000])
    for (const histogram of [serviceTime, serviceTimeByAction.get('product')!, serviceTimeByPhase[0]!])
      expect([histogram.count, histogram.min]).toEqual([1, 30])
  })

  it('have failed when the reply was not the expected one, and are counted by kind', () => {
    const statistics = new RunStatistics(SCENARIO)
    const failed = { expected: false }
    statistics.onRequest(finishedRequest({ ...failed, reply: { status: 503 } }))
    statistics.onRequest(finishedRequest({ ...failed, reply: { status: 503 } }))
    statistics.onRequest(finishedRequest({ ...failed, reply: { status: 0, failure: 'timeout' } }))
    statistics.onRequest(finishedRequest({ mistake: 'invalidToken', reply: { status: 401 } })) // as it should be
    expect(statistics.total).toMatchObject({ requests: 4, failures: 3, errorRate: 0.75 })
    expect(Object.fromEntries(statistics.failures)).toEqual({ 503: 2, timeout: 1 })
  })

  it('that were mistakes count as refused or not by their kind, and in all latencies', () => {
    const statistics = new RunStatistics(SCENARIO)
    const invalid = { mistake: 'invalidToken' }
    statistics.onRequest(finishedRequest())
    statistics.onRequest(finishedRequest({ ...invalid, reply: { status: 401 }, endMs: 1500 }))
    statistics.onRequest(finishedRequest({ ...invalid, reply: { status: 201 }, expected: false }))
    statistics.onRequest(finishedRequest({ ...invalid, reply: { status: 502 }, expected: false }))
    statistics.onRequest(finishedRequest({ mistake: 'unknownSku', reply: { status: 404 } }))
    expect(Object.fromEntries(statistics.mistakes)).toEqual({
      invalidToken: { refused: 1, otherwise: 2 },
      unknownSku: { refused: 1, otherwise: 0 },
    })
    expect(statistics.total).toMatchObject({ requests: 5, failures: 2 })
    expect(Object.fromEntries(statistics.failures)).toEqual({ 201: 1, 502: 1 })
    expect(statistics.total.latency.max).toBe(500)
  })

  it('have no error rate to speak of when there are none', () => {
    expect(new RunStatistics(SCENARIO).total.errorRate).toBe(0)
  })
})

it('counts sessions: started, completed, with an order, dropped', () => {
  const statistics = new RunStatistics(SCENARIO)
  for (const phase of [0, 0, 1]) statistics.onSessionStart(phase)
  statistics.onSessionEnd(0, { signedIn: true, ordered: true, pages: 3 })
  statistics.onSessionEnd(0, { signedIn: true, ordered: false, pages: 3 })
  statistics.onSessionEnd(1, undefined) // cut
  statistics.onDropped(0)
  expect(statistics.sessions).toEqual({ started: 3, completed: 2, ordered: 1, dropped: 1 })
  expect(statistics.phases.map(({ sessions }) => sessions)).toEqual([2, 1])
})

it('counts checks by name', () => {
  const statistics = new RunStatistics(SCENARIO)
  for (const passed of [true, true, false]) statistics.onCheck('login gives a token', passed)
  expect(Object.fromEntries(statistics.checks)).toEqual({ 'login gives a token': { passes: 2, fails: 1 } })
})

it('integrates the users of each phase over time', () => {
  const side = [phaseOf({ durationMs: 60_000 }), phaseOf({ name: 'second', durationMs: 60_000 })]
  const statistics = new RunStatistics({ ...SCENARIO, phases: side })
  statistics.onUsers(0, 4, [4, 0])
  statistics.onUsers(500, 6, [4, 2])
  statistics.onUsers(1500, 2, [0, 2])
  expect([statistics.users, statistics.usersIn(0), statistics.usersIn(1)]).toEqual([2, 0, 2])
  statistics.integrateUsers(2000)
  expect(statistics.phases.map(({ userMs }) => userMs)).toEqual([4 * 1500, 2 * 1500])
})

it('does not keep the list of users that it was handed', () => {
  const statistics = new RunStatistics(SCENARIO)
  const perPhase = [3, 0]
  statistics.onUsers(0, 3, perPhase)
  perPhase[0] = 99
  expect(statistics.usersIn(0)).toBe(3)
})

describe('the users of a phase', () => {
  it('count while the phase lasts, not while their last sessions are waited for', () => {
    const statistics = new RunStatistics(SCENARIO)
    statistics.onUsers(30_000, 4, [4, 0])
    statistics.onUsers(50_000, 6, [6, 0])
    statistics.onUsers(70_000, 5, [3, 2])
    statistics.finish(130_000)
    expect(statistics.phases.map(({ userMs }) => userMs)).toEqual([4 * 20_000 + 6 * 10_000, 2 * 50_000])
  })
})
