import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import {
  datasetStatistics,
  mergeRuns,
  rewardRun,
  sampleRun,
  splitRun,
} from '../../../src/experience/dataset/index.ts'
import { openRun } from '../../../src/experience/read-records.ts'
import type { ExperienceRecord } from '../../../src/experience/record.ts'
import { trainModel } from '../../../src/learning/index.ts'
import { temporaryDirectory } from '../../learning/synthetic-run.ts'
import { recordedRun, sessionOf, writeRecorded } from './dataset-runs.ts'

const run = recordedRun()
const fresh = () => join(temporaryDirectory(), 'out')
const recordsOf = (directory: string): ExperienceRecord[] => {
  const opened = openRun(directory)
  const records = [...opened.records()]
  expect(opened.problems.messages).toEqual([])
  return records
}
const byDecision = (a: ExperienceRecord, b: ExperienceRecord) => a.decision - b.decision

test.each(['session', 'time'] as const)('a split by %s loses nothing and tears nothing apart', async (by) => {
  const out = fresh()
  const { runs } = await splitRun({ run: writeRecorded(run), by, parts: [0.7, 0.2, 0.1], seed: 3, out })
  const parts = runs.map(({ directory }) => recordsOf(directory))
  expect(parts.map(({ length }) => length)).toEqual(runs.map(({ decisions }) => decisions))
  expect(parts.flat().sort(byDecision)).toEqual(run.records)
  expect(parts[0]!.length).toBeGreaterThan(parts[1]!.length)
  const requests = runs.map(({ directory }) =>
    readFileSync(join(directory, 'requests.jsonl'), 'utf8').trim().split('\n'),
  )
  for (const [i, part] of parts.entries()) {
    const traces = requests[i]!.map((line) => (JSON.parse(line) as { trace: string }).trace)
    expect(traces.sort()).toEqual(part.map(({ trace }) => trace).sort())
  }
  if (by === 'session') {
    const sessions = parts.map((part) => new Set(part.map(({ decision }) => sessionOf(decision))))
    expect(new Set(sessions.flatMap((set) => [...set])).size).toBe(
      sessions.reduce((sum, { size }) => sum + size, 0),
    )
  } else {
    expect(parts.map(({ length }) => length)).toEqual([280, 80, 40])
    expect(Math.max(...parts[0]!.map(({ t }) => t))).toBeLessThan(Math.min(...parts[1]!.map(({ t }) => t)))
  }
})

test('the same seed makes the same bytes, another seed others', async () => {
  const directory = writeRecorded(run)
  const bytes = async (seed: number) => {
    const out = fresh()
    await sampleRun({ run: directory, by: 'session', share: 0.3, seed, out })
    return readFileSync(join(out, 'experiences.jsonl'), 'utf8')
  }
  const first = await bytes(1)
  expect(await bytes(1)).toBe(first)
  expect(await bytes(2)).not.toBe(first)
  const share = first.trim().split('\n').length / run.records.length
  expect(share).toBeGreaterThan(0.15)
  expect(share).toBeLessThan(0.45)
})

test('a sample by time has whole minutes', async () => {
  const slow = { ...run, records: run.records.map((record, i) => ({ ...record, t: i * 6000 })) }
  const out = fresh()
  await sampleRun({ run: writeRecorded(slow), by: 'time', share: 0.5, seed: 1, out })
  const counts = new Map<number, number>()
  for (const { t } of recordsOf(out))
    counts.set(Math.floor(t / 60_000), (counts.get(Math.floor(t / 60_000)) ?? 0) + 1)
  expect(new Set(counts.values())).toEqual(new Set([10]))
  expect(counts.size).toBeLessThan(40)
})

test('what is derived can be trained on, and says what it is', async () => {
  const out = fresh()
  await splitRun({ run: writeRecorded(run), by: 'time', parts: [0.5, 0.5], seed: 1, out })
  const output = join(temporaryDirectory(), 'model')
  const { metrics } = await trainModel({
    directories: [join(out, 'part-1'), join(out, 'part-2')],
    algorithm: 'q-learning',
    hyperParameters: { epochs: 1 },
    seed: 1,
    output,
  })
  expect(metrics.transitions.training).toBe(320)
  expect(openRun(join(out, 'part-1')).description.made).toEqual({
    by: 'split --by time --parts 0.5,0.5 --seed 1',
    from: [run.description.run],
  })
})

test('the weights that a run has make the very same bytes', async () => {
  const directory = writeRecorded(run)
  const out = fresh()
  await rewardRun({ run: directory, weights: { latency: 1, error: 1 }, targetLatencyMs: 100, out })
  expect(recordsOf(out)).toEqual(run.records)
})

test('other weights and another target are what the run would have recorded with them', async () => {
  const out = fresh()
  await rewardRun({
    run: writeRecorded(run),
    weights: { latency: 2, satisfaction: 0.5 },
    targetLatencyMs: 50,
    out,
  })
  for (const { outcome, rewards, reward } of recordsOf(out)) {
    const { latencyMs, status } = outcome!
    const latency = -Math.min(latencyMs! / 50, 50)
    const satisfaction = status === 503 || latencyMs! > 200 ? 0 : latencyMs! <= 50 ? 1 : 0.5
    expect(rewards!.latency).toBeCloseTo(latency, 6)
    expect(rewards!.throughput).toBeCloseTo(latency, 5)
    expect(rewards!.balance).toBeNull()
    expect(rewards!.satisfaction).toBe(satisfaction)
    expect(reward).toBeCloseTo(2 * latency + 0.5 * satisfaction, 5)
  }
  expect(openRun(out).description.reward).toEqual({
    targetLatencyMs: 50,
    weights: { latency: 2, error: 0, throughput: 0, balance: 0, satisfaction: 0.5 },
  })
})

test('a throughput that was cut off is not known at a larger target, and that is said', async () => {
  const cut = run.records.map((record, i) =>
    i === 5 ? { ...record, rewards: { ...record.rewards!, throughput: -50 } } : record,
  )
  const out = fresh()
  const { problems } = await rewardRun({
    run: writeRecorded({ ...run, records: cut }),
    weights: { throughput: 1 },
    targetLatencyMs: 200,
    out,
  })
  expect(problems).toEqual([expect.stringContaining('throughput of 1 decisions is null now')])
  expect(recordsOf(out)[5]!.rewards!.throughput).toBeNull()
})

test('merged runs follow each other, with decisions, sessions and time of their own', async () => {
  const other = recordedRun({ seed: 2, decisions: 100 })
  const repeated = { ...other.records[9]!, outcome: { ...other.records[9]!.outcome!, retryOf: 8 } }
  const second = { ...other, records: other.records.with(9, repeated) }
  const out = fresh()
  await mergeRuns({ runs: [writeRecorded(run), writeRecorded(second)], out })
  const merged = recordsOf(out)
  expect(merged.map(({ decision }) => decision)).toEqual(Array.from({ length: 500 }, (_, i) => i))
  expect(merged.every(({ t }, i) => i === 0 || t >= merged[i - 1]!.t)).toBe(true)
  expect(merged[409]!.outcome!.retryOf).toBe(408)
  const restored = ({ t: _, ...record }: ExperienceRecord) => ({ ...record, run: '' })
  expect(merged.slice(0, 400).map(restored)).toEqual(run.records.map(restored))
  const lines = readFileSync(join(out, 'requests.jsonl'), 'utf8').trim().split('\n')
  const sessions = new Set(lines.map((line) => (JSON.parse(line) as { session: number }).session))
  expect(sessions.size).toBe(100)
})

test('runs of one seed have the same traces: merged, each decision still finds its own session', async () => {
  const renamed = run.records.map((record) => ({ ...record, trace: `f${record.trace.slice(1)}` }))
  const traced = { ...run, records: renamed }
  const merged = join(temporaryDirectory(), 'merged')
  await mergeRuns({ runs: [writeRecorded(traced), writeRecorded(traced)], out: merged })
  const records = recordsOf(merged)
  expect(new Set(records.map(({ trace }) => trace)).size).toBe(2 * run.records.length)
  expect(records[400]!.trace.slice(8)).toBe(run.records[0]!.trace.slice(8))
  const out = fresh()
  const { runs } = await splitRun({ run: merged, by: 'session', parts: [0.5, 0.5], seed: 3, out })
  for (const { directory } of runs) {
    const requests = readFileSync(join(directory, 'requests.jsonl'), 'utf8').trim().split('\n')
    const traces = requests.map((line) => (JSON.parse(line) as { trace: string }).trace)
    expect(traces.sort()).toEqual(
      recordsOf(directory)
        .map(({ trace }) => trace)
        .sort(),
    )
  }
})

test('a run counts once, by whatever path it is named', async () => {
  const directory = writeRecorded(run)
  const link = join(temporaryDirectory(), 'link')
  symlinkSync(directory, link)
  for (const again of [join(directory, 'experiences.jsonl'), link]) {
    const out = fresh()
    await expect(mergeRuns({ runs: [directory, again], out })).rejects.toThrow(/named twice/)
    expect(() => datasetStatistics([directory, again])).toThrow(/named twice/)
  }
})

test('runs with other features are not counted together', () => {
  const contextFeatures = run.description.contextFeatures.toReversed()
  const other = writeRecorded({ ...run, description: { ...run.description, contextFeatures } })
  expect(() => datasetStatistics([writeRecorded(run), other])).toThrow(/contextFeatures: not those of/)
})

test('no usable record makes no run', async () => {
  const directory = writeRecorded(run, ['{"a":1}'])
  const out = fresh()
  await expect(mergeRuns({ runs: [directory], out })).rejects.toThrow(/no usable record/)
  await expect(rewardRun({ run: directory, weights: { error: 1 }, out })).rejects.toThrow(/no usable record/)
  expect(existsSync(out)).toBe(false)
})

test.each([
  [
    'reward',
    { reward: { targetLatencyMs: 1, weights: run.description.reward.weights } },
    /reward: not the same: .*dataset reward/,
  ],
  ['instances', { services: { 'cart-service': ['x', 'y'] } }, /services\.cart-service: other instances/],
  ['routes', { routes: ['other'] }, /routes: lists that go on differently/],
])('runs that differ in their %s are not merged', async (_, change, message) => {
  const out = fresh()
  const other = { ...run, description: { ...run.description, ...change } }
  await expect(mergeRuns({ runs: [writeRecorded(run), writeRecorded(other)], out })).rejects.toThrow(message)
  expect(existsSync(out)).toBe(false)
})

test('nothing is overwritten, and what fails leaves nothing behind', async () => {
  const directory = writeRecorded(run)
  const parent = temporaryDirectory()
  const out = join(parent, 'out')
  mkdirSync(out)
  writeFileSync(join(out, 'mine'), 'kept')
  const sample = { run: directory, by: 'session', share: 0.5, seed: 1 } as const
  await expect(sampleRun({ ...sample, out })).rejects.toThrow(/is there already, and nothing is overwritten/)
  expect(readdirSync(out)).toEqual(['mine'])
  await expect(sampleRun({ ...sample, share: 1e-9, out: join(parent, 'new') })).rejects.toThrow(
    /would have no decision/,
  )
  await expect(sampleRun({ ...sample, out: '/proc/x/y' })).rejects.toThrow(/cannot be written/)
  await expect(sampleRun({ ...sample, out: '/dev/null/x' })).rejects.toThrow(/cannot be written/)
  expect(readdirSync(parent)).toEqual(['out'])
})

test('what a killed process left half written is removed, that of a living one is not', async () => {
  const directory = writeRecorded(run)
  const parent = temporaryDirectory()
  const { pid } = spawnSync(process.execPath, ['--version'])
  mkdirSync(join(parent, `.out.partial-${pid}`))
  mkdirSync(join(parent, `.out.partial-${process.ppid}`))
  await sampleRun({ run: directory, by: 'session', share: 0.5, seed: 1, out: join(parent, 'out') })
  expect(readdirSync(parent).sort()).toEqual([`.out.partial-${process.ppid}`, 'out'])
})

test('without requests there are no sessions, and time is the way out', async () => {
  const directory = writeRecorded(run)
  rmSync(join(directory, 'requests.jsonl'))
  const options = { run: directory, parts: [0.5, 0.5], seed: 1 }
  await expect(splitRun({ ...options, by: 'session', out: fresh() })).rejects.toThrow(
    /no requests\.jsonl: .*--by time/,
  )
  const { runs } = await splitRun({ ...options, by: 'time', out: fresh() })
  expect(runs.map(({ decisions }) => decisions)).toEqual([200, 200])
})

test('torn lines are left out and counted; compressed runs are read as they are', async () => {
  const directory = writeRecorded(run)
  const file = join(directory, 'experiences.jsonl')
  writeFileSync(`${file}.gz`, gzipSync(`${readFileSync(file, 'utf8')}{"v":1,"torn`))
  rmSync(file)
  const { leftOut, problems, runs } = await splitRun({
    run: directory,
    by: 'session',
    parts: [0.5, 0.5],
    seed: 1,
    out: fresh(),
  })
  expect(leftOut).toEqual({ torn: 1 })
  expect(problems[0]).toContain('experiences.jsonl.gz:401: torn')
  expect(runs.reduce((sum, { decisions }) => sum + decisions, 0)).toBe(400)
})
