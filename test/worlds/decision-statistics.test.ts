import { expect, it } from 'vitest'
import { SERVICES } from '../../src/scenario/index.ts'
import { DecisionStatistics } from '../../src/worlds/index.ts'

function filled(): DecisionStatistics {
  const statistics = new DecisionStatistics()
  statistics.onAnswer(0, 0, 10, false)
  statistics.onAnswer(0, 2, 30, true)
  statistics.onAnswer(0, 2, 50, false)
  statistics.onAnswer(4, 1, 7, false)
  for (let k = 0; k < 3; k++) statistics.onShed(4)
  return statistics
}

it('counts answers, failures and latency per instance, and latency per service', () => {
  const { services } = filled()
  expect(services).toHaveLength(SERVICES.length)
  expect(services[0]!.instances.map((instance) => instance.toJSON())).toEqual([
    { answers: 1, failures: 0, latencyMs: 10 },
    { answers: 0, failures: 0, latencyMs: 0 },
    { answers: 2, failures: 1, latencyMs: 80 },
  ])
  expect(services[0]!.latency).toMatchObject({ count: 3, mean: 30 })
  expect(services[1]!.latency.count).toBe(0)
  expect(services.map(({ sheds }) => sheds)).toEqual([0, 0, 0, 0, 3, 0])
})

it('crosses a process border whole', () => {
  const statistics = filled()
  const copy = DecisionStatistics.fromJSON(JSON.parse(JSON.stringify(statistics)))
  expect(copy.toJSON()).toEqual(statistics.toJSON())
  copy.onAnswer(4, 1, 9, true)
  expect(copy.services[4]!.instances[1]!.toJSON()).toEqual({ answers: 2, failures: 1, latencyMs: 16 })
})
