/**
 * CPU that the live generator takes per request, sessions, statistics and request log included, against a bare loop
 * of undici's `Pool.request` over as many connections to the same server. The server has a process of its own.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { JsonlFile } from '../src/experience/index.ts'
import { loadScenario, type Scenario, shippedScenarios } from '../src/scenario/index.ts'
import { RequestLog, RunStatistics, vocabulary, withRequestLog } from '../src/study/index.ts'
import { epochMs, HttpClient, LiveWorld } from '../src/worlds/index.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'

const CONNECTIONS = 64
const SECONDS = 2

export async function run(): Promise<BenchRow[]> {
  const server = fork(fileURLToPath(new URL('stub-shop.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
  })
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  try {
    const [origin] = (await once(server, 'message')) as [string]
    const [bare, generator] = (await mediansInTurns([
      () => cpuMicroseconds(() => bareLoop(origin)),
      () => cpuMicroseconds(() => generate(origin, join(folder, 'requests.jsonl'))),
    ])) as [number, number]
    const baseline = { name: 'bare Pool.request loop', value: bare }
    const unit = 'microseconds CPU/request'
    return [
      { name: 'live generator, 64 connections', value: generator, unit, baseline, ratio: generator / bare },
    ]
  } finally {
    server.kill()
    rmSync(folder, { recursive: true })
  }
}

/** CPU of this process, per request that `load` says it made. */
async function cpuMicroseconds(load: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage()
  const requests = await load()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / requests
}

async function bareLoop(origin: string): Promise<number> {
  const pool = new Pool(origin, { connections: CONNECTIONS })
  const end = performance.now() + SECONDS * 1000
  let requests = 0
  const user = async (): Promise<void> => {
    while (performance.now() < end) {
      const { body } = await pool.request({
        path: '/proxy/inventory-service/api/inventory/product/X',
        method: 'GET',
      })
      await body.dump()
      requests++
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, user))
  await pool.close()
  return requests
}

/** As many users as connections, who never stop to think. */
async function generate(origin: string, file: string): Promise<number> {
  const scenario = hurried()
  const statistics = new RunStatistics(scenario)
  const requests = await JsonlFile.create(file)
  const client = new HttpClient(origin, CONNECTIONS)
  const observer = withRequestLog(statistics, new RequestLog(requests, scenario))
  const startEpochMs = epochMs()
  const options = { scenario, seed: 1, observer, client, startEpochMs }
  await new LiveWorld({ ...options, pathPrefix: '/proxy', accountPrefix: 'bench' }).run(
    new AbortController().signal,
  )
  await client.close()
  await requests.close()
  return statistics.total.requests
}

function hurried(): Scenario {
  const { file } = shippedScenarios().find(({ name }) => name === 'validation')!
  const { scenario } = loadScenario(file, { vocabulary })
  const behavior = { ...scenario.behaviors['quick-browser']!, thinkTimeSeconds: [0, 0] as const }
  const phase = { ...scenario.phases[0]!, users: CONNECTIONS, rampUpMs: 0, durationMs: SECONDS * 1000 }
  return {
    ...scenario,
    timeScale: 1,
    accounts: CONNECTIONS * 2,
    maxConcurrentUsers: CONNECTIONS,
    behaviors: { 'quick-browser': behavior },
    phases: [{ ...phase, behaviors: { 'quick-browser': 1 } }],
  }
}
