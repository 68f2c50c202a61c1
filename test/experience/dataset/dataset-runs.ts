/** Runs for the tests of data sets: our own with sessions and phases, and files in the predecessor's dialect. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExperienceRecord } from '../../../src/experience/record.ts'
import {
  type SyntheticOptions,
  type SyntheticRun,
  syntheticRun,
  temporaryDirectory,
  writeRun,
} from '../../learning/synthetic-run.ts'

const REQUESTS_PER_SESSION = 5
const MILLIONTH = 1e6

/** A run as our recorder writes it: numbers rounded, phases named, rewards from their parts. */
export function recordedRun(options: SyntheticOptions = {}): SyntheticRun {
  const made = syntheticRun({ decisions: 400, ...options })
  const description = {
    ...made.description,
    reward: {
      targetLatencyMs: 100,
      weights: { latency: 1, error: 1, throughput: 0, balance: 0, satisfaction: 0 },
    },
  }
  const records = made.records.map((record, i): ExperienceRecord => {
    const latencyMs = Math.round(record.outcome!.latencyMs! * 1000) / 1000
    const failed = i % 50 === 7
    const [latency, error] = [Math.round((-latencyMs / 100) * MILLIONTH) / MILLIONTH, failed ? -1 : 0]
    return {
      ...record,
      phase: i < made.records.length / 2 ? 'warm-up' : 'peak "1"',
      profile: 'browser',
      outcome: { ...record.outcome!, latencyMs, status: failed ? 503 : 200 },
      rewards: {
        latency,
        error,
        throughput: latency,
        balance: null,
        satisfaction: latencyMs <= 100 && !failed ? 1 : 0,
      },
      reward: Math.round((latency + error) * MILLIONTH) / MILLIONTH,
    }
  })
  return { ...made, description, records }
}

export function sessionOf(decision: number): number {
  return Math.floor(decision / REQUESTS_PER_SESSION)
}

/** Writes a run with its `requests.jsonl`. */
export function writeRecorded(run: SyntheticRun, lines?: readonly string[]): string {
  const directory = writeRun(run, lines)
  const requests = run.records.map(({ trace, decision, t }) =>
    JSON.stringify({ v: 1, trace, session: sessionOf(decision), intendedMs: t, startMs: t, latencyMs: 1 }),
  )
  writeFileSync(join(directory, 'requests.jsonl'), requests.map((line) => `${line}\n`).join(''))
  return directory
}

export interface OldLine {
  readonly state: {
    readonly timestamp: unknown
    readonly metrics: Record<string, Record<string, number | null>>
  }
  readonly action: unknown
  readonly reward: unknown
  readonly next_state: unknown
  readonly metadata?: { readonly path: string; readonly status: number; readonly timestamp: string }
}

const PODS = ['cart-service-6d9-x1', 'cart-service-6d9-x2', 'order-service-7f4-y1', 'order-service-7f4-y2']

/** Lines as the predecessor writes them, made up: all pods, state and next state the same, reward by status. */
export function oldLines(count: number): OldLine[] {
  return Array.from({ length: count }, (_, i) => {
    const service = i % 3 === 0 ? 'order-service' : 'cart-service'
    const own = PODS.filter((pod) => pod.startsWith(service))
    const metrics = Object.fromEntries(PODS.map((pod, p) => [pod, oldMetrics(Math.floor(i / 4) + p)]))
    const status = i % 10 === 3 ? 502 : 200
    return {
      state: { timestamp: oldTime(i * 100), metrics },
      action: own[i % 2]!,
      reward: status === 502 ? -2 : 1,
      next_state: { timestamp: oldTime(i * 100 + 70), metrics },
      metadata: { path: `/proxy/${service}/api/things/${i}`, status, timestamp: oldTime(i * 100 + 71) },
    }
  })
}

export function oldTime(ms: number): string {
  return new Date(Date.UTC(2026, 1, 3) + ms).toISOString().replace('Z', '000Z')
}

function oldMetrics(n: number): Record<string, number> {
  return {
    cpuUsagePercent: 20 + (n % 7),
    jvmMemoryUsagePercent: 40 + (n % 5),
    uptimeSeconds: 5000 + n,
    avgResponseTimeMs: 30 + (n % 11),
    errorRatePercent: n % 3,
    requestRatePerSecond: 4 + (n % 2),
  }
}

/** A file of lines; text stands as it is. */
export function writeOld(lines: readonly (OldLine | string)[]): string {
  const file = join(temporaryDirectory(), 'rl_experiences.jsonl')
  writeFileSync(
    file,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  )
  return file
}
