/** Other generators on the same load: autocannon, wrk and h2load. Who is not installed is left out, and named. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Finished, finished } from './processes.ts'

export interface OtherTool {
  readonly name: string
  readonly command: string
  /** Arguments before all others. */
  readonly first: readonly string[]
  /** 64 connections, as fast as it goes. */
  closed(requests: number, url: string): readonly string[]
  /** The same connections at a fixed rate, where it can. */
  paced?(seconds: number, url: string, perSecond: number): readonly string[]
  requestsOf(stdout: string): number
}

const AUTOCANNON = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url))

const TOOLS: readonly OtherTool[] = [
  {
    name: 'autocannon',
    command: process.execPath,
    first: [AUTOCANNON, '--json', '--connections', '64'],
    closed: (requests, url) => ['--amount', String(requests), url],
    paced: (seconds, url, rate) => ['--duration', String(seconds), '--overallRate', String(rate), url],
    requestsOf: (stdout) => (JSON.parse(stdout) as { requests: { total: number } }).requests.total,
  },
  {
    name: 'wrk',
    command: 'wrk',
    first: ['-t1', '-c64'],
    // It knows no number of requests.
    closed: (_, url) => ['-d2s', url],
    requestsOf: (stdout) => Number(/^\s*(\d+) requests in/m.exec(stdout)![1]),
  },
  {
    name: 'h2load, HTTP/1.1',
    command: 'h2load',
    first: ['--h1', '-t1'],
    closed: (requests, url) => ['-c64', '-n', String(requests), url],
    // Its rate is that of each connection: 50 at a fiftieth of it.
    paced: (seconds, url, rate) => ['-c50', '-D', String(seconds), '--rps', String(rate / 50), url],
    requestsOf: (stdout) => Number(/requests: \d+ total, \d+ started, (\d+) done/.exec(stdout)![1]),
  },
]

/** Those that are there. */
export const otherTools = TOOLS.filter(({ name, command }) => {
  const there = spawnSync(command, ['--version']).error === undefined
  if (!there) console.error(`${name} is not installed: its rows are missing`)
  return there
})

/** CPU per request in microseconds; what it takes to start is a part of it. */
export async function costOf(tool: OtherTool, args: readonly string[]): Promise<number> {
  const run: Finished = await finished(tool.command, [...tool.first, ...args])
  return (run.cpuMs * 1000) / tool.requestsOf(run.stdout)
}
