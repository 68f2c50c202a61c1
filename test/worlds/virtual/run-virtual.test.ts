import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ExperienceRecord, JsonlFile } from '../../../src/experience/index.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import { createExperienceLog, DecisionStatistics, runVirtual } from '../../../src/worlds/index.ts'
import { fileOf } from '../../scenario/scenario-files.ts'
import { runVirtually } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

const scenario = openLoop(2, 8)
const ignored = {
  onRequest: () => {},
  onSessionStart: () => {},
  onSessionEnd: () => {},
  onCheck: () => {},
  onUsers: () => {},
  onDropped: () => {},
}

/** Runs into a file; `stopAfterSlices` aborts like a Ctrl-C. */
async function runToFile(stopAfterSlices = Number.POSITIVE_INFINITY) {
  const path = fileOf('', 'experiences.jsonl')
  const file = await JsonlFile.create(path)
  const stop = new AbortController()
  const slices: number[] = []
  const world = await runVirtual({
    scenario,
    seed: 1,
    policies: policyFactory('round-robin'),
    observer: ignored,
    decisions: new DecisionStatistics(),
    record: (routers) => createExperienceLog({ run: 'test', scenario, routers, sink: file }),
    files: [file],
    onSlice: (nowMs) => {
      if (slices.push(nowMs) === stopAfterSlices) stop.abort()
    },
    signal: stop.signal,
  })
  await file.close()
  const jsonl = readFileSync(path, 'utf8')
  return { world, slices, jsonl, lines: file.lines }
}

const whole = runVirtually(scenario)

it('gives the same bytes in slices as in small steps, and reports progress in virtual time', async () => {
  const { jsonl, world, lines, slices } = await runToFile()
  expect(jsonl === whole.jsonl).toBe(true)
  expect(world.over).toBe(true)
  expect([world.log!.recorded, world.log!.decisions]).toEqual([lines, lines])
  expect(slices.length).toBeGreaterThan(2)
  expect(slices).toEqual(slices.toSorted((a, b) => a - b))
  expect(slices.at(-1)).toBe(world.nowMs)
})

describe('a run that is aborted', () => {
  let run: Awaited<ReturnType<typeof runToFile>>
  let records: ExperienceRecord[]

  beforeAll(async () => {
    run = await runToFile(1)
    records = run.jsonl
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ExperienceRecord)
  })

  it('ends there and is over', () => {
    const { world, slices } = run
    expect(world.over).toBe(true)
    expect(slices).toHaveLength(1)
    expect(world.nowMs).toBeLessThan(120_000)
    world.close()
    world.step(1000)
    expect(world.nowMs).toBe(slices.at(-1))
  })

  it('leaves whole lines, one for every decision', () => {
    const { jsonl, world, lines } = run
    expect(jsonl.endsWith('}\n')).toBe(true)
    const decisions = records.map(({ decision }) => decision).toSorted((a, b) => a - b)
    expect(decisions).toEqual(decisions.map((_, i) => i))
    expect([lines, world.log!.decisions]).toEqual([decisions.length, decisions.length])
  })

  it('marks what was open as truncated: calls under way, and the last decision of every service', () => {
    const open = records.filter(({ outcome }) => outcome === null)
    expect(open.length).toBeGreaterThan(0)
    for (const record of open) {
      expect(record).toMatchObject({ truncated: true, done: false, rewards: null, reward: null })
    }
    const last = new Map(
      records.toSorted((a, b) => a.decision - b.decision).map((record) => [record.service, record]),
    )
    for (const record of last.values()) expect(record.truncated).toBe(true)
    const truncated = records.filter((record) => record.truncated)
    expect(truncated).toHaveLength(new Set([...open, ...last.values()]).size)
    expect(truncated.every(({ next }) => next !== null)).toBe(true)
  })

  it('is the beginning of the whole run', () => {
    const byDecision = new Map(whole.records.map((record) => [record.decision, record]))
    const finished = records.filter(({ truncated }) => !truncated)
    expect(finished.length).toBeGreaterThan(1000)
    for (const record of finished) expect(record).toEqual(byDecision.get(record.decision))
  })
})
