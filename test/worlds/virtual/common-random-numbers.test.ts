/**
 * Common random numbers: the seed decides who comes, what they do and how much work it is; the policy decides only
 * where the work is done. Law, Simulation Modeling and Analysis, 5th ed., section 11.2.
 */
import { describe, expect, it } from 'vitest'
import { runVirtually, workByCall } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

const scenario = openLoop(4, 4)
const POLICIES = ['round-robin', 'least-outstanding'] as const
const [roundRobin, leastOutstanding] = POLICIES.map((policy) => runVirtually(scenario, { seed: 3, policy }))

describe('another policy', () => {
  it('decides otherwise', () => {
    expect(roundRobin!.jsonl).not.toBe(leastOutstanding!.jsonl)
    const actions = [roundRobin!, leastOutstanding!].map(({ records }) =>
      records.map(({ action }) => action!.index),
    )
    expect(actions[0]).not.toEqual(actions[1])
  })

  it('changes no arrival', () => {
    expect(roundRobin!.starts.length).toBeGreaterThan(800)
    expect(leastOutstanding!.starts).toEqual(roundRobin!.starts)
  })

  it('changes the size of no job', () => {
    const [a, b] = [roundRobin!, leastOutstanding!].map(({ records }) => workByCall(scenario, records))
    const shared = [...a!.keys()].filter((call) => b!.has(call))
    // All but the calls of the sessions that the end of the run cuts at slightly different places.
    expect(shared.length).toBeGreaterThan(0.995 * Math.max(a!.size, b!.size))
    expect(shared.length).toBeGreaterThan(10_000)
    const different = shared.filter((call) => Math.abs(a!.get(call)! - b!.get(call)!) > 0.002)
    expect(different).toEqual([])
  })
})

it('makes the difference between two policies at least twice as certain', () => {
  const short = openLoop(0.5, 10)
  const seeds = Array.from({ length: 12 }, (_, i) => 100 + i)
  const [a, b] = POLICIES.map((policy) =>
    seeds.map((seed) => meanLatencyMs(runVirtually(short, { seed, policy, recorded: false }))),
  )
  const paired = variance(a!.map((value, i) => value - b![i]!))
  const independent = variance(a!) + variance(b!)
  expect(independent / paired).toBeGreaterThan(2)
})

function meanLatencyMs({ requests }: ReturnType<typeof runVirtually>): number {
  return requests.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) / requests.length
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}
