import { describe, expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { CONDITIONS, type Condition, workloadOf } from '../../../src/learning/search/conditions.ts'
import { fitTrace } from '../../../src/learning/search/fit-trace.ts'
import type { Workload } from '../../../src/learning/search/workload.ts'
import { servedCalls } from './served-calls.ts'

const station = { discipline: 'fcfs', workers: 2 } as const
const trace = fitTrace(
  servedCalls({ ...station, speeds: [1, 1, 0.5], load: 0.4, calls: 3000, works: [4, 40] }).calls,
  station,
)

function made(condition: Condition, requests = 1000, seed = 1): Workload {
  const random = new RandomStreams(seed).stream('conditions')
  return workloadOf('cart-service', station, trace, condition, requests, random)
}

function utilisation({ timeMs, sizeMs, speed, workers, instances }: Workload): number {
  const work = sizeMs.reduce((sum, size) => sum + size)
  const meanSpeed = speed.reduce((sum, one) => sum + one) / speed.length
  return work / (workers * instances * meanSpeed * (timeMs.at(-1)! - timeMs[0]!))
}

describe.each(CONDITIONS)('$name', (condition) => {
  test('requests come in order, and each is work', () => {
    const { timeMs, sizeMs, route, speed, failing, instances } = made(condition)
    for (let i = 1; i < timeMs.length; i++) expect(timeMs[i]).toBeGreaterThanOrEqual(timeMs[i - 1]!)
    expect(sizeMs.every((size) => size > 0)).toBe(true)
    expect(new Set(route)).toEqual(new Set([0, 1]))
    expect(speed.length).toBe(failing.length)
    expect(speed.length % instances).toBe(0)
    expect(instances).toBeGreaterThan(1)
  })

  test('uses as much of the capacity as it says, and never all of it', () => {
    const used = utilisation(made(condition))
    if (condition.utilisation !== undefined) expect(used).toBeCloseTo(condition.utilisation)
    expect(used).toBeLessThan(0.96)
  })

  test('the same draws, the same piece', () => {
    expect(made(condition)).toEqual(made(condition))
    expect(made(condition, 1000, 2).timeMs).not.toEqual(made(condition).timeMs)
  })
})

test('other numbers of instances are like those that there are', () => {
  expect(made({ name: '', instances: 2 })).toMatchObject({ instances: 6 })
  expect(made({ name: '', instances: 0.5 })).toMatchObject({ instances: 2 })
  const { speed } = made({ name: '', instances: 2 })
  expect(new Set(speed)).toEqual(new Set(trace.speed))
})

test('noise takes most of the speed, now and then', () => {
  const { speed } = made({ name: '', noisy: true })
  const slowest = Math.min(...speed)
  expect(slowest).toBeCloseTo(0.3 * Math.min(...trace.speed))
  expect(speed.filter((one) => one < 0.4 * Math.max(...speed)).length).toBeLessThan(speed.length / 2)
})

test('a trace that is too short is run through again', () => {
  const { timeMs, sizeMs } = made({ name: '' }, 7000)
  expect(sizeMs[3000]).toBe(sizeMs[0])
  expect(timeMs[3000]! - timeMs[2999]!).toBeGreaterThan(0)
  expect(timeMs[6500]! - timeMs[3500]!).toBeCloseTo(timeMs[3500]! - timeMs[500]!)
})
