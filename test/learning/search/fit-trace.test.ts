import { expect, test } from 'vitest'
import { fitTrace } from '../../../src/learning/search/fit-trace.ts'
import { type Served, servedCalls } from './served-calls.ts'

const station = { discipline: 'fcfs', workers: 1 } as const
const usual: Served = { ...station, speeds: [1, 0.5, 0.25], load: 0.4, calls: 6000, works: [4, 40] }

function column(values: Float64Array, width: number, at: number): number[] {
  return Array.from(values.filter((_, k) => k % width === at))
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value) / values.length
}

test('instances of unequal speed are told apart, up to what a unit of work is', () => {
  const { calls, sizesMs } = servedCalls(usual)
  const { speed, sizeMs } = fitTrace(calls, station)
  const [first, second, third] = [0, 1, 2].map((i) => meanOf(column(speed, 3, i))) as [number, number, number]
  expect(second / first).toBeCloseTo(0.5, 1)
  expect(third / first).toBeCloseTo(0.25, 1)
  // Work over speed is what it took: the product is right to the last.
  const unit = sizeMs[0]! / sizesMs[0]!
  const off = sizeMs.map((size, i) => Math.abs(size / sizesMs[i]! / unit - 1))
  expect(meanOf(Array.from(off))).toBeLessThan(0.15)
})

test('equal instances are equal at all times but for chance', () => {
  const { calls } = servedCalls({ ...usual, speeds: [1, 1, 1, 1], load: 0.7 })
  const off = fitTrace(calls, station).speed.map((speed) => Math.abs(speed - 1))
  expect(meanOf(Array.from(off))).toBeLessThan(0.06)
})

test('an instance that is slow for a while is slow in just those windows', () => {
  const { calls } = servedCalls({ ...usual, speeds: [1, 1], load: 0.5, slowShare: 0.25 })
  const { speed, instances } = fitTrace(calls, station)
  const own = column(speed, instances, 0)
  const slow = own.slice(0, Math.floor(own.length / 4) - 1)
  const usualThen = own.slice(Math.ceil(own.length / 4) + 1)
  // A third in truth; windows of twenty calls are believed in part only.
  expect(meanOf(slow) / meanOf(usualThen)).toBeLessThan(0.6)
  expect(Math.abs(meanOf(column(speed, instances, 1)) / meanOf(usualThen) - 1)).toBeLessThan(0.15)
})

test('an instance that fails for a while fails in just those windows', () => {
  const { calls } = servedCalls({ ...usual, speeds: [1, 1], failingShare: 0.25 })
  const { failing, instances, failureMs, limit, sizeMs } = fitTrace(calls, station)
  const own = column(failing, instances, 0)
  expect(meanOf(own.slice(0, Math.floor(own.length / 4) - 1))).toBeGreaterThan(0.7)
  expect(meanOf(own.slice(Math.ceil(own.length / 4) + 1))).toBeLessThan(0.05)
  expect(Math.max(...column(failing, instances, 1))).toBeLessThan(0.1)
  expect(failureMs).toBeCloseTo(0.5)
  expect(limit).toBe(Number.POSITIVE_INFINITY)
  // What failed would have been work elsewhere.
  expect(sizeMs.every((size) => size > 0)).toBe(true)
})

test('instances that refuse when they are full have a limit, and are not broken', () => {
  const { calls } = servedCalls({ ...usual, speeds: [1, 1], load: 0.95, queueLimit: 4 })
  const { failing, limit } = fitTrace(calls, station)
  expect(limit).toBe(5)
  expect(Math.max(...failing)).toBe(0)
})
