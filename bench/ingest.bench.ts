/**
 * Records per second from a file into columns: by the scanner, from the binary cache, and, for comparison, by a reader
 * that finds the lines in chunks, calls `JSON.parse` on each and puts the same numbers into the same columns. The lines
 * are those of our own log among three instances. Memory: what the process holds at most while it reads ten times as
 * many records, beside what it holds while it reads a tenth.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLines } from '../src/core/index.ts'
import { ColumnWriter } from '../src/experience/columns/column-writer.ts'
import {
  type ColumnBatch,
  type DatasetDescription,
  ExperienceLog,
  type ExperienceRecord,
  JsonlFile,
  openRun,
  RECORD_VERSION,
} from '../src/experience/index.ts'
import { CONTEXT_FEATURES, INSTANCE_FEATURES, policyFactory } from '../src/routing/index.ts'
import type { BenchRow } from './bench-row.ts'
import { busyObservations } from './busy-observations.ts'
import { mediansInTurns } from './in-turns.ts'

const RECORDS = 40_000
const TIMES = 10
const BATCH_ROWS = 4096
const INSTANCES = ['cart-1', 'cart-2', 'cart-3']
const DATASET: DatasetDescription = {
  version: RECORD_VERSION,
  run: 'bench',
  scenario: { name: 'bench', hash: '0'.repeat(64) },
  world: 'virtual',
  seed: 1,
  contextFeatures: CONTEXT_FEATURES,
  instanceFeatures: INSTANCE_FEATURES,
  services: { 'cart-service': INSTANCES },
  routes: ['cart.get'],
  reward: {
    targetLatencyMs: 100,
    weights: { latency: 1, error: 1, throughput: 1, balance: 1, satisfaction: 1 },
  },
}

export async function run(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  try {
    const short = await record(directory)
    const long = repeat(directory, short)
    const [parsed, scanned, cached] = await mediansInTurns([
      () => perSecond(parsedColumns(short)),
      () => perSecond(openRun(short).columns({ cache: false })),
      () => perSecond(openRun(short).columns()),
    ])
    const memory = (path: string, cache: boolean) => residentMegabytes(path, cache)
    memory(long, true) // writes the cache
    return [
      row('ingest/scanner', scanned!, parsed!),
      row('ingest/cache', cached!, parsed!),
      memoryRow('scanner', memory(long, false), memory(short, false)),
      memoryRow('cache', memory(long, true), memory(short, true)),
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function row(what: string, value: number, baseline: number): BenchRow {
  const than = { name: 'JSON.parse per line', value: baseline }
  return { name: what, value, unit: 'records/s', baseline: than, ratio: value / baseline }
}

function memoryRow(what: string, long: number, short: number): BenchRow {
  const than = { name: `${RECORDS} records`, value: short }
  const name = `ingest/${what}, memory for ${TIMES * RECORDS} records`
  return { name, value: long, unit: 'MB resident', baseline: than, ratio: long / short }
}

function perSecond(batches: Iterable<ColumnBatch>): number {
  const startMs = performance.now()
  const { rows } = sumOf(batches)
  return (rows * 1000) / (performance.now() - startMs)
}

/** Adds up what was read, so that no engine may leave the work out. */
function sumOf(batches: Iterable<ColumnBatch>): { rows: number } {
  let [rows, sum] = [0, 0]
  for (const batch of batches) {
    rows += batch.rows
    for (let i = 0; i < batch.columns.latencyMs.length; i++) sum += batch.columns.latencyMs[i]!
  }
  if (!(sum > 0)) throw new Error('nothing was measured')
  return { rows }
}

function* parsedColumns(directory: string): Generator<ColumnBatch> {
  const writer = new ColumnWriter(DATASET)
  for (const { text, number } of readLines(join(directory, 'experiences.jsonl'))) {
    writer.append(JSON.parse(text) as ExperienceRecord, number)
    if (writer.rows < BATCH_ROWS) continue
    yield writer.batch()
    writer.clear()
  }
  yield writer.batch()
}

/** The most that a process of its own holds while it reads the run. */
function residentMegabytes(directory: string, cache: boolean): number {
  const index = new URL('../src/experience/index.ts', import.meta.url).href
  const code =
    `const { openRun } = await import(${JSON.stringify(index)});` +
    `for (const _ of openRun(${JSON.stringify(directory)}).columns({ cache: ${cache} })) {}` +
    'console.log(process.resourceUsage().maxRSS / 1024)'
  const args = [...process.execArgv, '--input-type=module', '-e', code]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (!(Number(stdout) > 0)) throw new Error(`memory could not be measured: ${stderr}`)
  return Number(stdout)
}

/** The same records again and again, in a run of its own. */
function repeat(directory: string, short: string): string {
  const long = join(directory, 'long')
  mkdirSync(long)
  writeFileSync(join(long, 'dataset.json'), JSON.stringify(DATASET))
  const bytes = readFileSync(join(short, 'experiences.jsonl'))
  for (let i = 0; i < TIMES; i++) appendFileSync(join(long, 'experiences.jsonl'), bytes)
  return long
}

async function record(directory: string): Promise<string> {
  const short = join(directory, 'short')
  mkdirSync(short)
  writeFileSync(join(short, 'dataset.json'), JSON.stringify(DATASET))
  const sink = await JsonlFile.create(join(short, 'experiences.jsonl'))
  const log = new ExperienceLog({
    ...DATASET,
    services: Object.keys(DATASET.services),
    instances: DATASET.services,
    phases: ['peak'],
    profiles: ['browser'],
    repeats: false,
    sink,
  })
  const origin = { trace: '0123456789abcdef'.repeat(2), hop: 0, attempt: 0, phase: 0, profile: 0 }
  const propensities = new Float64Array(INSTANCES.length).fill(1 / INSTANCES.length)
  const outcome = { status: 200, latencyMs: 60, queueMs: 3.125, workMs: 12.25, failure: null, failed: false }
  const policy = policyFactory('random')('cart-service')
  const observations = busyObservations(INSTANCES, 500)
  for (let i = 0; i < RECORDS; i++) {
    const observation = observations[i % observations.length]!
    observation.nowMs = i * 10
    const token = log.onDecision(0, observation, i % INSTANCES.length, propensities, 0, origin, policy)
    log.onOutcome(token, outcome, observation.nowMs + 5)
  }
  log.close(RECORDS * 10, () => observations[0]!)
  await sink.close()
  return short
}
