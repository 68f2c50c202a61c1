import { expect, it } from 'vitest'
import { RunningTotal, shareProgress } from '../../../src/study/processes/running-total.ts'
import { RunStatistics } from '../../../src/study/statistics/run-statistics.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { finishedRequest } from '../finished-request.ts'

const SCENARIO = { ...smallScenario, phases: [phaseOf({}), phaseOf({})] }

function statisticsOf(latencies: readonly number[], phase: number, users: number): RunStatistics {
  const statistics = new RunStatistics(SCENARIO)
  for (const latencyMs of latencies) {
    statistics.onRequest(finishedRequest({ phase, intendedMs: 0, startMs: 0, endMs: latencyMs }))
  }
  statistics.onUsers(0, users, phase === 0 ? [users, 0] : [0, users])
  return statistics
}

it('adds up what each share told last', () => {
  const total = new RunningTotal(SCENARIO, 3)
  expect([total.nowMs, total.users, total.total.requests]).toEqual([0, 0, 0])
  total.update(0, shareProgress(100, statisticsOf([1], 0, 9)))
  // Of a share, the last word counts; one that has not said anything yet counts nothing.
  total.update(0, shareProgress(500, statisticsOf([1, 2, 3], 0, 2)))
  total.update(2, JSON.parse(JSON.stringify(shareProgress(400, statisticsOf([10, 20], 1, 5)))))
  expect([total.nowMs, total.users, total.usersIn(0), total.usersIn(1)]).toEqual([500, 7, 2, 5])
  expect(total.total.requests).toBe(5)
  expect(total.total.latency.max).toBe(20)
  expect(total.phases.map(({ counts }) => counts.requests)).toEqual([3, 2])
})
