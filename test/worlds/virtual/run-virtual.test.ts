import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ExperienceRecord, JsonlFile } from '../../../src/experience/index.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import { createExperienceLog, DecisionStatistics, runVirtual } from '../../../src/worlds/index.ts'
import { folderOf } from '../../scenario/scenario-files.ts'
import { runVirtually } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

const scenario = openLoop(6, 10)
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
  const path = join(folderOf({}), 'experiences.jsonl')
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

describe('a run to the end', () => {
  it('is the same as one in steps, to the byte', async () => {
    const { jsonl, world, lines } = await runToFile()
    expect(jsonl === runVirtually(scenario).jsonl).toBe(true)
    expect(world.over).toBe(true)
    expect([world.log!.recorded, world.log!.decisions]).toEqual([lines, lines])
  })

  it('reports progress in virtual time', async () => {
    const { slices, world } = await runToFile()
    expect(slices.length).toBeGreaterThan(3)
    expect(slices).toEqual(slices.toSorted((a, b) => a - b))
    expect(slices.at(-1)).toBe(world.nowMs)
  })
})

describe('a run that is aborted', () => {
  const aborted = runToFile(3)
  const records = aborted.then(({ jsonl }) =>
    jsonl
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ExperienceRecord),
  )

  it('ends there and is over', async () => {
    const { world, slices } = await aborted
    expect(world.over).toBe(true)
    expect(slices).toHaveLength(3)
    expect(world.nowMs).toBeLessThan(360_000)
    world.close()
    world.step(1000)
    expect(world.nowMs).toBe(slices.at(-1))
  })

  it('leaves whole lines, one for every decision', async () => {
    const { jsonl, world, lines } = await aborted
    expect(jsonl.endsWith('}\n')).toBe(true)
    const decisions = (await records).map(({ decision }) => decision).toSorted((a, b) => a - b)
    expect(decisions).toEqual(decisions.map((_, i) => i))
    expect([lines, world.log!.decisions]).toEqual([decisions.length, decisions.length])
  })

  it('marks what was open as truncated: calls under way, and the last decision of every service', async () => {
    const all = await records
    const open = all.filter(({ outcome }) => outcome === null)
    expect(open.length).toBeGreaterThan(0)
    for (const record of open) {
      expect(record).toMatchObject({ truncated: true, done: false, rewards: null, reward: null })
    }
    const last = new Map(
      all.toSorted((a, b) => a.decision - b.decision).map((record) => [record.service, record]),
    )
    for (const record of last.values()) expect(record.truncated).toBe(true)
    const truncated = all.filter((record) => record.truncated)
    expect(truncated).toHaveLength(new Set([...open, ...last.values()]).size)
    expect(truncated.every(({ next }) => next !== null)).toBe(true)
  })

  it('is the beginning of the whole run', async () => {
    const whole = new Map(runVirtually(scenario).records.map((record) => [record.decision, record]))
    const finished = (await records).filter(({ truncated }) => !truncated)
    for (const record of finished) expect(record).toEqual(whole.get(record.decision))
  })
})

it('does not begin what was aborted before it began', async () => {
  const world = await runVirtual({
    scenario,
    seed: 1,
    policies: policyFactory('round-robin'),
    observer: ignored,
    decisions: new DecisionStatistics(),
    signal: AbortSignal.abort(),
  })
  expect(world.over).toBe(true)
  expect(world.nowMs).toBeLessThan(360_000)
})
