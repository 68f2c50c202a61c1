import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { expect, it, test } from 'vitest'
import {
  exportRun,
  importPredecessor,
  lintFiles,
  rewardRun,
  splitRun,
} from '../../../src/experience/dataset/index.ts'
import { isoTime, timeOf } from '../../../src/experience/dataset/predecessor.ts'
import { openRun } from '../../../src/experience/read-records.ts'
import type { ExperienceRecord } from '../../../src/experience/record.ts'
import { CONTEXT_FEATURES, INSTANCE_FEATURES } from '../../../src/routing/index.ts'
import { temporaryDirectory } from '../../learning/synthetic-run.ts'
import { type OldLine, oldLines, oldTime, recordedRun, writeOld, writeRecorded } from './dataset-runs.ts'

const run = recordedRun()
const fresh = () => join(temporaryDirectory(), 'out')
const vector = (state: ExperienceRecord['state']) => [
  ...state.context,
  ...state.instances.flatMap((row) => row!),
]
const rounded = (list: readonly (number | null)[]) =>
  list.map((value) => (value === null ? null : Math.fround(value)))

test('Parquet has every record, in a folder per phase', async () => {
  const out = fresh()
  await exportRun({ run: writeRecorded(run), format: 'parquet', out })
  expect(readdirSync(out).sort()).toEqual(['dataset.json', 'phase=peak%20%221%22', 'phase=warm-up'])
  const rows = []
  for (const folder of ['phase=warm-up', 'phase=peak%20%221%22']) {
    const file = await asyncBufferFromFile(join(out, folder, 'part-00000.parquet'))
    rows.push(...(await parquetReadObjects({ file })))
  }
  expect(rows).toHaveLength(400)
  for (const i of [0, 199, 200, 399]) {
    const record = run.records[i]!
    expect(rows[i]).toMatchObject({
      eps_id: `${record.run}/cart-service`,
      decision: record.decision,
      t: record.t,
      phase: record.phase,
      actions: record.action!.index,
      action_prob: 0.5,
      rewards: record.reward,
      reward_balance: null,
      latency_ms: record.outcome!.latencyMs,
      queue_ms: null,
      terminateds: false,
      truncateds: record.truncated,
      obs: rounded(vector(record.state)),
      propensity: [0.5, 0.5],
    })
    expect(rows[i]!.new_obs ?? null).toEqual(record.next === null ? null : rounded(vector(record.next)))
  }
})

test('CSV has every number, and quotes what needs it', async () => {
  const out = fresh()
  await exportRun({ run: writeRecorded(run), format: 'csv', out })
  const [header, ...rows] = readFileSync(join(out, 'experiences.csv'), 'utf8').trim().split('\n')
  const names = header!.split(',')
  expect(rows).toHaveLength(400)
  const cells = rows[200]!.split(',')
  const cell = (name: string) => cells[names.indexOf(name)]
  const record = run.records[200]!
  expect(cell('phase')).toBe('"peak ""1"""')
  expect(cell('reward_balance')).toBe('')
  expect(Number(cell('state.1.inFlight'))).toBe(record.state.instances[1]![0])
  expect(Number(cell('next.inFlight'))).toBe(record.next!.context[CONTEXT_FEATURES.indexOf('inFlight')])
  expect(cells).toHaveLength(names.length)
})

const hdf5 = await import('h5wasm/node').catch(() => undefined)
if (hdf5 === undefined) console.warn('h5wasm is not installed: Minari export is not tested')

it.skipIf(hdf5 === undefined)('Minari has the episodes of every service', async () => {
  const out = fresh()
  const shuffled = {
    ...run,
    records: run.records.map((_, i) => run.records[i % 2 === 0 ? Math.min(i + 1, 399) : i - 1]!),
  }
  const { runs, leftOut } = await exportRun({ run: writeRecorded(shuffled), format: 'minari', out })
  expect(leftOut).toEqual({ 'no-next': 1 })
  expect(runs[0]!.decisions).toBe(399)
  await hdf5!.ready
  const folder = join(out, 'cart-service', 'data')
  const file = new hdf5!.File(join(folder, 'main_data.hdf5'), 'r')
  const read = (name: string) => file.get(name) as { value: ArrayLike<number>; shape: number[] }
  expect(file.keys()).toEqual(['episode_0'])
  expect(read('episode_0/observations').shape).toEqual([
    400,
    CONTEXT_FEATURES.length + 2 * INSTANCE_FEATURES.length,
  ])
  const known = run.records.slice(0, 399)
  expect(Array.from(read('episode_0/rewards').value)).toEqual(known.map(({ reward }) => reward))
  expect(Array.from(read('episode_0/actions').value, Number)).toEqual(
    known.map(({ action }) => action!.index),
  )
  expect(Array.from(read('episode_0/truncations').value).indexOf(1)).toBe(398)
  file.close()
  expect(JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8'))).toMatchObject({
    total_episodes: 1,
    total_steps: 399,
    minari_version: '0.5.3',
  })
})

test('what the predecessor gets keeps all its rules', async () => {
  const spoilt = run.records.map((record, i) => {
    if (i === 3) return { ...record, action: null }
    if (i === 4) return { ...record, reward: null }
    if (i === 5)
      return { ...record, state: { ...record.state, instances: [null, record.state.instances[1]!] } }
    return record
  })
  const out = fresh()
  const { leftOut } = await exportRun({
    run: writeRecorded({ ...run, records: spoilt }),
    format: 'predecessor',
    out,
  })
  expect(leftOut).toEqual({ 'no-action': 1, 'no-reward': 1, 'no-next': 1 })
  const text = readFileSync(join(out, 'rl_experiences.jsonl'), 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  expect(/\n\n|\uFEFF|NaN|\r/.test(text)).toBe(false)
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OldLine & { next_state: OldLine['state'] })
  expect(lines).toHaveLength(397)
  const values = new Map<string, Set<number>>()
  for (const { state, action, reward, next_state: next, metadata } of lines) {
    expect(typeof action).toBe('string')
    expect(Number.isFinite(reward)).toBe(true)
    for (const { timestamp, metrics } of [state, next]) {
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
      expect(Object.keys(metrics)).toEqual(['cart-1', 'cart-2'])
      for (const six of Object.values(metrics)) {
        expect(Object.keys(six)).toEqual([
          'cpuUsagePercent',
          'jvmMemoryUsagePercent',
          'uptimeSeconds',
          'avgResponseTimeMs',
          'errorRatePercent',
          'requestRatePerSecond',
        ])
        for (const [name, value] of Object.entries(six))
          values.set(name, (values.get(name) ?? new Set()).add(value!))
      }
    }
    expect(Object.keys(state.metrics)).toContain(action)
    expect(metadata!.path).toBe('/proxy/cart-service/cart.get')
  }
  expect(values.get('avgResponseTimeMs')!.size).toBeGreaterThan(2)
  expect([...values.get('cpuUsagePercent')!], 'what is not known is null, not 0').toEqual([null])
})

test('a run that leaves the predecessor less than two lines is refused', async () => {
  const out = fresh()
  const one = { ...run, records: run.records.slice(0, 1) }
  await expect(exportRun({ run: writeRecorded(one), format: 'predecessor', out })).rejects.toThrow(
    /expected at least 2/,
  )
})

test('times go there and back', () => {
  expect(isoTime(1875.5)).toBe('1970-01-01T00:00:01.875500Z')
  expect(isoTime(0.9999)).toBe('1970-01-01T00:00:00.001000Z')
  for (const ms of [0, 0.001, 1234.567, 86_400_000.25]) expect(timeOf(isoTime(ms))).toBeCloseTo(ms, 3)
  expect(timeOf('2026-02-03T10:15:00.120000123Z')).toBeCloseTo(Date.UTC(2026, 1, 3, 10, 15, 0, 120), 3)
  expect(timeOf(1_770_000_000.5)).toBe(1_770_000_000_500)
  expect(timeOf(null)).toBeNaN()
})

test('the predecessor’s records become records of ours, with nothing made up', async () => {
  const out = fresh()
  const good = oldLines(60)
  const file = writeOld([...good.slice(0, 30), 'garbage', { ...good[0]!, action: null }, ...good.slice(30)])
  const { runs, leftOut, problems } = await importPredecessor({ file, out })
  expect(runs).toEqual([{ directory: out, decisions: 60 }])
  expect(leftOut).toEqual({ garbage: 1, 'no-action': 1 })
  expect(problems.join('\n')).toMatch(
    /:31: garbage[\s\S]*:32: no-action[\s\S]*self-loop: in 100 %[\s\S]*reward-of-status: in 100 %/,
  )
  const opened = openRun(out)
  const records = [...opened.records()]
  expect(opened.problems.total).toBe(0)
  expect(opened.description.services).toEqual({
    'cart-service': ['cart-service-6d9-x1', 'cart-service-6d9-x2'],
    'order-service': ['order-service-7f4-y1', 'order-service-7f4-y2'],
  })
  expect(opened.description.routes).toEqual(['cart-service/api/things/*', 'order-service/api/things/*'])
  const record = records[4]!
  const { metrics } = good[4]!.state
  const own = metrics['cart-service-6d9-x1']!
  const row = record.state.instances[0]!
  const value = (name: (typeof INSTANCE_FEATURES)[number]) => row[INSTANCE_FEATURES.indexOf(name)]
  expect(value('cpu')).toBeCloseTo(own.cpuUsagePercent! / 100, 3)
  expect(value('errorRate')).toBeCloseTo(own.errorRatePercent! / 100, 3)
  expect(value('responseTimeMs')).toBe(own.avgResponseTimeMs)
  expect(row.filter((one) => one !== null)).toHaveLength(5)
  expect(record).toMatchObject({
    t: 400,
    propensity: null,
    policy: null,
    reward: 1,
    outcome: { status: 200, latencyMs: null },
    next: { dtMs: 70 },
  })
  expect(records.map(({ truncated }) => truncated).indexOf(true)).toBe(59)
})

test('what cannot be known is null, and what is no record of theirs is refused', async () => {
  const [line] = oldLines(1)
  const odd = { 'cart-service-6d9-x1': { jvmMemoryUsagePercent: -4800, cpuUsagePercent: null } }
  const out = fresh()
  const file = writeOld([
    { ...line!, action: 'cart-service-6d9-x1', state: { timestamp: oldTime(0), metrics: odd } },
  ])
  await importPredecessor({ file, out })
  const [record] = openRun(out).records()
  expect(record!.state.instances[0]!.every((value) => value === null)).toBe(true)
  await expect(importPredecessor({ file: writeOld(['{"v":1}']), out: fresh() })).rejects.toThrow(
    /no line with state, action/,
  )
  for (const none of ['/no/such', temporaryDirectory()])
    await expect(importPredecessor({ file: none, out: fresh() })).rejects.toThrow(/no such file/)
})

test('imported rewards are not the sum of their parts, also in what is made of them, until they are weighed anew', async () => {
  const [imported, part, weighed] = [fresh(), fresh(), fresh()]
  await importPredecessor({ file: writeOld(oldLines(60)), out: imported })
  await splitRun({ run: imported, by: 'time', parts: [0.5, 0.5], seed: 1, out: part })
  await rewardRun({ run: join(part, 'part-1'), weights: { error: 2 }, out: weighed })
  for (const directory of [imported, join(part, 'part-1'), weighed]) {
    const [linted] = lintFiles([directory])
    expect(linted!.findings.map(({ kind }) => kind)).not.toContain('reward-sum')
  }
  expect(openRun(join(part, 'part-1')).description.made).toMatchObject({ foreignRewards: true })
  expect(openRun(weighed).description.made).toEqual({
    by: 'reward',
    from: [openRun(imported).description.run],
  })
})
