/**
 * The least that a generator on undici does: `Pool.request` in a loop, each latency into a histogram.
 *
 * Arguments: URL, how many requests, and how many start in a second; 0 for 64 loops, each of which starts the next
 * request when one has ended. At a rate: a timer of 1 ms fires all that are due, as `setTimeout` loops do.
 */
import { Pool } from 'undici'
import { Histogram } from '../../src/stats/index.ts'
import { measured, report } from './measured.ts'

const CONNECTIONS = 64
const [url, requests, rate] = process.argv.slice(2) as [string, string, string]
const { origin, pathname: path } = new URL(url)
const pool = new Pool(origin, { connections: CONNECTIONS })
const latencies = new Histogram()

async function ask(intendedMs: number): Promise<void> {
  const { body } = await pool.request({ path, method: 'GET' })
  await body.dump()
  latencies.record(performance.now() - intendedMs)
}

async function inLoops(count: number): Promise<void> {
  let started = 0
  const user = async (): Promise<void> => {
    while (started++ < count) await ask(performance.now())
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, user))
}

async function atRate(count: number, perSecond: number): Promise<void> {
  const startMs = performance.now()
  const all: Promise<void>[] = []
  while (all.length < count) {
    const due = Math.min(count, 1 + Math.floor(((performance.now() - startMs) * perSecond) / 1000))
    while (all.length < due) all.push(ask(startMs + (all.length * 1000) / perSecond))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(all)
}

async function load(): Promise<number> {
  await (rate === '0' ? inLoops(Number(requests)) : atRate(Number(requests), Number(rate)))
  return latencies.count
}

report(await measured(load))
await pool.close()
