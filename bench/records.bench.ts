/**
 * Records per second, written and read.
 *
 * Written: all that becomes of a decision once it has been made (state, rewards, next state, line, disk), beside
 * `JSON.stringify` of the finished objects alone. Read: `RecordedRun.records()`, which also reads the disk, hashes
 * and checks, beside `JSON.parse` of the lines in memory alone.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DatasetDescription,
  ExperienceLog,
  JsonlFile,
  openRun,
  type PendingDecision,
  RECORD_VERSION,
} from '../src/experience/index.ts'
import { CONTEXT_FEATURES, INSTANCE_FEATURES, type Observation, policyFactory } from '../src/routing/index.ts'
import type { BenchRow } from './bench-row.ts'
import { busyObservations } from './busy-observations.ts'
import { mediansInTurns } from './in-turns.ts'

const RECORDS = 50_000
/** So few that they stay in the cache, as what a router has just seen does. */
const OBSERVATIONS = 500
const UNDER_WAY = 6
const GAP_MS = 10
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
    const path = join(directory, 'experiences.jsonl')
    const observations = busyObservations(INSTANCES, OBSERVATIONS)
    writeFileSync(join(directory, 'dataset.json'), JSON.stringify(DATASET))
    await writeRecords(path, observations)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    const few = lines.slice(0, OBSERVATIONS).map((line) => JSON.parse(line) as unknown)
    const objects = lines.map((_, i) => few[i % OBSERVATIONS])
    const [written, stringified, read, parsed] = await mediansInTurns([
      () => perSecond(() => writeRecords(path, observations)),
      () => perSecond(() => forEach(objects, (object) => JSON.stringify(object).length)),
      () => perSecond(() => forEach(openRun(directory).records(), (record) => record.decision)),
      () => perSecond(() => forEach(lines, (line) => JSON.parse(line).decision)),
    ])
    return [
      row('records/write', written!, 'JSON.stringify alone', stringified!),
      row('records/read', read!, 'JSON.parse alone', parsed!),
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function row(name: string, value: number, than: string, baseline: number): BenchRow {
  return {
    name,
    value,
    unit: 'records/s',
    baseline: { name: than, value: baseline },
    ratio: value / baseline,
  }
}

async function perSecond(work: () => void | Promise<void>): Promise<number> {
  const startMs = performance.now()
  await work()
  return (RECORDS * 1000) / (performance.now() - startMs)
}

/** Adds up what `use` gives, so that no engine may leave the work out. */
function forEach<Item>(items: Iterable<Item>, use: (item: Item) => number): void {
  let sum = 0
  for (const item of items) sum += use(item)
  if (!(sum > 0)) throw new Error('nothing was measured')
}

async function writeRecords(path: string, observations: readonly Observation[]): Promise<void> {
  const sink = await JsonlFile.create(path)
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
  const latencyMs = UNDER_WAY * GAP_MS
  const outcome = { status: 200, latencyMs, queueMs: 3.125, workMs: 12.25, failure: null, failed: false }
  const policy = policyFactory('random')('cart-service')
  const underWay: PendingDecision[] = []
  for (let i = 0; i < RECORDS; i++) {
    const observation = observations[i % OBSERVATIONS]!
    observation.nowMs = i * GAP_MS
    if (i >= UNDER_WAY) log.onOutcome(underWay[i % UNDER_WAY]!, outcome, observation.nowMs)
    underWay[i % UNDER_WAY] = log.onDecision(
      0,
      observation,
      i % INSTANCES.length,
      propensities,
      0,
      origin,
      policy,
    )
  }
  log.close(RECORDS * GAP_MS, () => observations[0]!)
  await sink.close()
}
