/**
 * The live engine against the least that undici needs, and beside other generators, each run on a core of its own
 * (`bench/README.md`, "Live"). CPU per request is what counts: on a shared machine rates say little.
 *
 * `npm run bench -- live --quick` has one short round, to see that all of it runs.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePrograms, ROOT } from '../build/bundle-programs.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'
import { costOf, otherTools } from './live/other-tools.ts'
import { finished, programReport } from './live/processes.ts'
import { closedLoop, fixedRate, oneRequest, shoppers, thinkers, written } from './live/scenarios.ts'
import { plainServer, type Server, stubShop } from './live/servers.ts'

const QUICK = process.argv.includes('--quick')
const TURNS = { rounds: QUICK ? 1 : 5, warmUp: false }
/** Not so many seconds: a machine that is busy with other things would leave less time to warm up in. */
const REQUESTS = QUICK ? 5_000 : 100_000
/** Of some 14 requests. */
const SESSIONS = REQUESTS / 20
const PACED_SECONDS = QUICK ? 1 : 10
const RATE = 2_000
const USERS = QUICK ? 500 : 5_000
const USERS_SECONDS = QUICK ? 7 : 20
const UNIT = 'microseconds CPU/request'
const LAUNCHER = join(ROOT, 'bin/loadgen')

const folder = mkdtempSync(join(tmpdir(), 'loadgen-live-'))
/** Bundled as `dist/` is: tsx keeps names of functions at run time, which slows what makes many of them. */
const programs = join(ROOT, 'node_modules/.cache/loadgen-bench')
const bareProgram = join(programs, 'bare-program.js')
const ourProgram = join(programs, 'our-program.js')

export async function run(): Promise<BenchRow[]> {
  const outbase = fileURLToPath(new URL('live', import.meta.url))
  const files = ['bare-program.ts', 'our-program.ts'].map((name) => join(outbase, name))
  await bundlePrograms({ files, outbase, outdir: programs, leanUndici: false })
  const servers: Server[] = []
  try {
    const plain = await plainServer(folder)
    servers.push(plain)
    const shop = await stubShop()
    servers.push(shop)
    return [
      ...(await closed(plain)),
      ...(await withSessions(shop)),
      ...(await paced(plain)),
      ...(await users(plain)),
      ...(await shortest(plain)),
    ]
  } finally {
    for (const server of servers) await server.stop()
    rmSync(folder, { recursive: true })
  }
}

/** CPU per request in microseconds. */
async function costOfProgram(file: string, ...args: string[]): Promise<number> {
  const { cpuMs, requests } = await programReport(file, args)
  return (cpuMs * 1000) / requests
}

/** Each against the first. */
function costRows(names: readonly string[], costs: readonly number[]): BenchRow[] {
  const baseline = { name: names[0]!, value: costs[0]! }
  return names.map((name, i) => ({
    name,
    value: costs[i]!,
    unit: UNIT,
    baseline,
    ratio: costs[i]! / costs[0]!,
  }))
}

async function closed({ url, name }: Server): Promise<BenchRow[]> {
  const scenario = written(folder, closedLoop(REQUESTS))
  const costs = await mediansInTurns(
    [
      () => costOfProgram(bareProgram, url, String(REQUESTS), '0'),
      () => costOfProgram(ourProgram, scenario, url),
      () => costOfProgram(ourProgram, scenario, url, join(folder, 'requests.jsonl')),
      ...otherTools.map((tool) => () => costOf(tool, tool.closed(REQUESTS, url))),
    ],
    TURNS,
  )
  const ours = ['loadgen, metrics on', 'the same with the request log']
  const names = [`bare Pool.request loop, ${name}`, ...ours, ...otherTools.map((tool) => tool.name)]
  return costRows(
    names.map((one) => `closed loop, 64 connections: ${one}`),
    costs,
  )
}

async function withSessions({ url, name }: Server): Promise<BenchRow[]> {
  const scenario = written(folder, shoppers(SESSIONS))
  const costs = await mediansInTurns(
    [
      () => costOfProgram(bareProgram, `${url}proxy/x`, String(REQUESTS), '0'),
      () => costOfProgram(ourProgram, scenario, `${url}proxy`, join(folder, 'requests.jsonl')),
    ],
    TURNS,
  )
  return costRows(
    [
      `64 shoppers: bare Pool.request loop, ${name}`,
      '64 shoppers: loadgen, sessions, checks and request log',
    ],
    costs,
  )
}

async function paced({ url }: Server): Promise<BenchRow[]> {
  const scenario = written(folder, fixedRate(PACED_SECONDS, RATE))
  const tools = otherTools.filter(({ paced }) => paced !== undefined)
  const costs = await mediansInTurns(
    [
      () => costOfProgram(bareProgram, url, String(PACED_SECONDS * RATE), String(RATE)),
      () => costOfProgram(ourProgram, scenario, url),
      ...tools.map((tool) => () => costOf(tool, tool.paced!(PACED_SECONDS, url, RATE))),
    ],
    TURNS,
  )
  const names = [
    'bare Pool.request loop, 1 ms timer',
    'loadgen, metrics on',
    ...tools.map(({ name }) => name),
  ]
  return costRows(
    names.map((name) => `2,000 requests/s: ${name}`),
    costs,
  )
}

/** The command as it is, with all that it writes. */
function loadgen(scenario: string, url: string): Promise<Awaited<ReturnType<typeof finished>>> {
  const out = join(folder, 'logs')
  mkdirSync(out, { recursive: true })
  const args = ['run', '--mode', 'custom', '--config', scenario, '--target', url]
  return finished(LAUNCHER, [...args, '--no-train', '--quiet', '--out', out])
}

async function users({ url }: Server): Promise<BenchRow[]> {
  const { peakMegabytes } = await loadgen(written(folder, thinkers(USERS_SECONDS, USERS)), url)
  const name = `${USERS.toLocaleString('en-US')} users with 1 s of thought: peak memory, one run`
  return [{ name, value: peakMegabytes, unit: 'MB resident' }]
}

async function shortest({ url }: Server): Promise<BenchRow[]> {
  const scenario = written(folder, oneRequest())
  const [cpuMs, ms, nothing] = (await mediansInTurns(
    [
      async () => (await loadgen(scenario, url)).cpuMs,
      async () => (await loadgen(scenario, url)).seconds * 1000,
      async () => (await finished(process.execPath, ['-e', '0'])).cpuMs,
    ],
    TURNS,
  )) as [number, number, number]
  const baseline = { name: 'node -e 0', value: nothing }
  return [
    { name: 'one request, start to exit: CPU', value: cpuMs, unit: 'ms', baseline, ratio: cpuMs / nothing },
    { name: 'one request, start to exit: clock', value: ms, unit: 'ms' },
  ]
}
