/**
 * The bare event core: M/M/16 beside the same program in C and in SimPy, and what an event costs when more and more
 * others wait (the hold model: take the next event, schedule another an exponential time later).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RandomStreams } from '../src/core/index.ts'
import { EventQueue } from '../src/worlds/index.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'
import { cBaseline, eventsPerSecond, simpyBaseline } from './mm16.ts'

const JOBS = 2_000_000
const PENDING = [256, 16, 4096, 65_536, 1_048_576]
const HOLDS = 2_000_000
const GAPS = 1 << 16

export async function run(): Promise<BenchRow[]> {
  return [...(await mm16Rows()), ...(await holdRows())]
}

async function mm16Rows(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  try {
    const baselines = [
      { name: 'C', measure: cBaseline(folder) },
      { name: 'SimPy', measure: simpyBaseline() },
    ].flatMap(({ name, measure }) => (measure === undefined ? [] : [{ name, measure }]))
    const [value, ...others] = (await mediansInTurns([
      () => eventsPerSecond(JOBS),
      ...baselines.map(({ measure }) => measure),
    ])) as [number, ...number[]]
    const row = { name: 'event core, M/M/16', value, unit: 'events/s' }
    if (others.length === 0) return [row]
    return others.map((other, i) => {
      const baseline = { name: baselines[i]!.name, value: other }
      return { ...row, baseline, ratio: value / other }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function holdRows(): Promise<BenchRow[]> {
  const values = await mediansInTurns(PENDING.map((pending) => () => holdsPerSecond(pending)))
  const baseline = { name: `${PENDING[0]} pending`, value: values[0]! }
  return PENDING.map((pending, i) => {
    const name = `event queue, ${pending.toLocaleString('en-US')} pending`
    return { name, value: values[i]!, unit: 'pop+push/s', baseline, ratio: values[i]! / baseline.value }
  })
}

function holdsPerSecond(pending: number): number {
  const random = new RandomStreams(1).stream('holds')
  const gaps = Float64Array.from({ length: GAPS }, () => -Math.log(1 - random()))
  // A step that shares no factor with the number of gaps, so that no event meets the same gap again and again.
  let at = 0
  const nextGap = () => gaps[(at = (at + 40_503) & (GAPS - 1))]!
  const queue = new EventQueue()
  for (let i = 0; i < pending; i++) queue.push(nextGap(), i)
  const hold = (count: number) => {
    for (let i = 0; i < count; i++) {
      const timeMs = queue.nextTimeMs
      const payload = queue.pop()
      queue.push(timeMs + nextGap(), payload)
    }
  }
  hold(2 * pending)
  const startMs = performance.now()
  hold(HOLDS)
  return (HOLDS * 1000) / (performance.now() - startMs)
}
