/** Over sockets: the requests of a trace reach a server that is not ours, and a search for a knee comes to an end there. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadScenario } from '../../src/scenario/index.ts'
import { findKnee, runScenario, SILENT_RUN, vocabulary } from '../../src/study/index.ts'
import { temporaryDirectory } from '../learning/synthetic-run.ts'
import { folderOf } from '../scenario/scenario-files.ts'

const ANSWER_MS = 40
const asked: { readonly what: string }[] = []
let server: Server
let url: string

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ what: `${request.method} ${request.url}` })
    setTimeout(() => response.end('{}'), ANSWER_MS)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

function load(phase: string, trace: string) {
  const scenario = `name: live\ndescription: A trace\nworld: live\naccounts: 100\nphases:\n  - { name: only, ${phase} }\n`
  const folder = folderOf({ 'live.yaml': scenario, 'trace.csv': trace })
  return loadScenario(join(folder, 'live.yaml'), { vocabulary })
}

describe('a trace without services', () => {
  const rows = Array.from(
    { length: 20 },
    (_, k) => `${k * 50},${k % 5 === 4 ? 'POST' : 'GET'},/things/${k}?of=trace`,
  )
  const trace = `ms,method,path\n${rows.join('\n')}\n`

  it('is sent to the paths of the target itself, each request once', async () => {
    asked.length = 0
    const { summary } = await runScenario({
      loaded: load('executor: { kind: trace-replay, file: trace.csv, speed: 2 }', trace),
      target: url,
      out: temporaryDirectory(),
      train: false,
      evaluate: false,
      jobs: 1,
      events: SILENT_RUN,
      signal: new AbortController().signal,
    })
    const things = asked.filter(({ what }) => what.includes('of=trace'))
    const expected = rows.filter((row) => row.includes('GET')).map((row) => row.split(',').slice(1).join(' '))
    // In the order in which they arrive, which on a busy machine is not that of the trace.
    expect(things.map(({ what }) => what).sort()).toEqual(expected.sort())
    expect(summary).toMatchObject({ requests: 16, errorRate: 0 })
    expect(summary.byAction.map(({ action }) => action)).toEqual(['GET /things/:id'])
    expect(summary.warnings.join('\n')).toMatch(/4 of 20 lines are not sent again \(4 POST\)/)
  })

  it('is sent in shares by two processes, each request by one of them', async () => {
    const shares: string[][] = []
    for (const index of [0, 1]) {
      asked.length = 0
      await runScenario({
        loaded: load('executor: { kind: trace-replay, file: trace.csv, speed: 4 }', trace),
        target: url,
        out: temporaryDirectory(),
        train: false,
        evaluate: false,
        jobs: 1,
        share: { segment: { index, count: 2 } },
        events: SILENT_RUN,
        signal: new AbortController().signal,
      })
      shares.push(asked.map(({ what }) => what).filter((what) => what.includes('of=trace')))
    }
    expect(shares.map((share) => share.length)).toEqual([8, 8])
    expect(new Set(shares.flat()).size).toBe(16)
  })

  it('cannot be sent in the virtual world', async () => {
    const loaded = load('executor: { kind: trace-replay, file: trace.csv }', trace)
    const virtual = { ...loaded, scenario: { ...loaded.scenario, world: 'virtual' as const } }
    const run = runScenario({
      loaded: virtual,
      out: temporaryDirectory(),
      train: false,
      evaluate: false,
      jobs: 1,
      events: SILENT_RUN,
      signal: new AbortController().signal,
    })
    await expect(run).rejects.toThrow(/requests without a service .*only\/GET \/things\/0.*, 13 more of only/)
  })
})

describe('a search for a knee', () => {
  const behaviors = `behaviors: { look: 1 } }
behaviors: { look: { description: One request, requests: [{ name: look, get: /look }] } }
thresholds: { p50LatencyMs: "< ${ANSWER_MS / 2}" }
#`

  it('ends at a target that is too slow at any rate, or too fast for the generator', async () => {
    asked.length = 0
    const loaded = load(`durationMinutes: 1, sessionsPerSecond: 20, ${behaviors}`, '')
    const found = await findKnee({
      loaded,
      world: 'live',
      target: url,
      lowest: 15,
      highest: 30,
      windowMs: 400,
      warmUpMs: 100,
      repeats: 1,
      jobs: 1,
    })
    // A try of a busy machine may be called saturated: it does not hold either.
    expect(found).toMatchObject({
      knee: null,
      breaksFrom: 15,
      holdsUpTo: null,
      target: url,
      policy: 'external',
    })
    expect(found.repeats[0]!.bracket!.kind).toBe('breaks-throughout')
    expect(found.rates.map(({ sessionsPerSecond }) => sessionsPerSecond)).toEqual([15, 20])
    expect(asked.filter(({ what }) => what === 'GET /look').length).toBeGreaterThan(5)
  })

  it('keeps what it has when it is stopped', async () => {
    const loaded = load(`durationMinutes: 1, sessionsPerSecond: 20, ${behaviors}`, '')
    const stop = new AbortController()
    const found = await findKnee({
      loaded,
      world: 'live',
      target: url,
      windowMs: 300,
      warmUpMs: 0,
      repeats: 2,
      jobs: 1,
      onTry: () => stop.abort(),
      signal: stop.signal,
    })
    expect(found.interrupted).toBe(true)
    expect(found.repeats.map(({ tries, bracket }) => [tries.length, bracket])).toEqual([
      [1, null],
      [0, null],
    ])
  })
})
