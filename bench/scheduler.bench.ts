/**
 * How late the starts of a live run are, and what waiting for them costs: the scheduler by each of its wakers, against
 * a `setTimeout` for each start. Users think for a second on average, so that as many starts wait as there are in a
 * second. A `setTimeout` may be early as well, by most of a millisecond: both count as off.
 */
import { SCHEDULERS, type SchedulerKind } from '../src/scenario/index.ts'
import { Histogram } from '../src/stats/index.ts'
import { wakerOf } from '../src/worlds/live/scheduler/create-waker.ts'
import { Scheduler } from '../src/worlds/live/scheduler/scheduler.ts'
import type { BenchRow } from './bench-row.ts'

const RATES = [200, 2000, 10_000] as const
const SECONDS = 1.5
const ROUNDS = 3
/** Until a helper thread is up. */
const LEAD_MS = 200

interface Starts {
  at(atMs: number, action: () => void): void
  close(): void
}

interface Measured {
  readonly offP50Ms: number
  readonly offP99Ms: number
  /** Of a core, in percent. */
  readonly cpu: number
}

const now = (): number => performance.now()

const timeouts = (): Starts => ({
  at: (atMs, action) => void setTimeout(action, atMs - now()),
  close() {},
})

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const perSecond of RATES) {
    const bare: Measured[] = []
    const ours = new Map<SchedulerKind, Measured[]>(SCHEDULERS.map((kind) => [kind, []]))
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await measure(timeouts(), perSecond))
      for (const [kind, measured] of ours) {
        measured.push(await measure(new Scheduler(now, wakerOf(kind)), perSecond))
      }
    }
    for (const [kind, measured] of ours) rows.push(...rowsOf(kind, perSecond, measured, bare))
  }
  return rows
}

function rowsOf(kind: string, perSecond: number, ours: Measured[], bare: Measured[]): BenchRow[] {
  const row = (what: string, unit: string, number: (measured: Measured) => number): BenchRow => {
    const [value, other] = [median(ours.map(number)), median(bare.map(number))]
    const name = `scheduler/${kind}, ${perSecond.toLocaleString('en-US')}/s, ${what}`
    return { name, value, unit, baseline: { name: 'setTimeout each', value: other }, ratio: value / other }
  }
  return [
    row('off by, p50', 'ms', ({ offP50Ms }) => offP50Ms),
    row('off by, p99', 'ms', ({ offP99Ms }) => offP99Ms),
    row('CPU', '% of a core', ({ cpu }) => cpu),
  ]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

/** Users who think for half a second to one and a half, in a sequence that is the same every time. */
async function measure(starts: Starts, perSecond: number): Promise<Measured> {
  const off = new Histogram()
  let seed = 1
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  await new Promise((resolve) => setTimeout(resolve, LEAD_MS))
  const cpuBefore = process.cpuUsage()
  const startMs = now()
  const endMs = startMs + SECONDS * 1000
  await new Promise<void>((resolve) => {
    const think = (beforeMs: number, thinkMs: number): void => {
      const atMs = beforeMs + thinkMs
      if (atMs < endMs) {
        starts.at(atMs, () => {
          off.record(Math.abs(now() - atMs))
          think(atMs, 500 + 1000 * random())
        })
      }
    }
    for (let user = 0; user < perSecond; user++) think(startMs, 1000 * random())
    setTimeout(resolve, endMs - startMs)
  })
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpu = (user + system) / 10 / (now() - startMs)
  starts.close()
  return { offP50Ms: off.quantile(0.5), offP99Ms: off.quantile(0.99), cpu }
}
