/** The live world against servers that answer by rote: what it sends, how it waits, and how it ends. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Scenario } from '../../../src/scenario/index.ts'
import { epochMs, Fidelity, type FinishedRequest, HttpClient, LiveWorld } from '../../../src/worlds/index.ts'
import { readTraceContext } from '../../../src/worlds/live/trace-headers.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { type HostileServer, hostileServer, reply } from './hostile-server.ts'

/** Two users for a second; their sessions are short. */
const scenario: Scenario = {
  ...smallScenario,
  world: 'live',
  timeScale: 300,
  phases: [phaseOf({ users: 2, rampUpMs: 0, durationMs: 1000 })],
}

const clients: HttpClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

interface Told {
  readonly requests: FinishedRequest[]
  readonly ends: (object | undefined)[]
  sessions: number
  dropped: number
  users: number
}

/** Runs the scenario against the server to its end. */
async function runAgainst(server: HostileServer, settings: Partial<Scenario> = {}, signal = never()) {
  const told: Told = { requests: [], ends: [], sessions: 0, dropped: 0, users: 0 }
  const client = new HttpClient(server.origin, 16)
  const fidelity = new Fidelity()
  clients.push(client)
  const world = new LiveWorld({
    fidelity,
    scenario: { ...scenario, ...settings },
    seed: 1,
    client,
    pathPrefix: '/gateway',
    startEpochMs: epochMs(),
    accountPrefix: 'x',
    observer: {
      onRequest: (request) => told.requests.push({ ...request }),
      onSessionStart: () => told.sessions++,
      onSessionEnd: (_, result) => told.ends.push(result),
      onCheck: () => {},
      onUsers: (_, users) => {
        told.users = users
      },
      onDropped: () => told.dropped++,
    },
  })
  await world.run(signal)
  return { ...told, world, fidelity }
}

const never = () => new AbortController().signal

/** Lets everybody register and log in, and finds nothing. */
const shop = () =>
  hostileServer((socket, request) => {
    const path = request.split(' ')[1]!
    if (path.endsWith('/register')) socket.write(reply(201, '{}'))
    else if (path.endsWith('/login')) socket.write(reply(200, '{"token":"t","user":{"id":1}}'))
    else socket.write(reply(200, '[]'))
  })

describe('a run', () => {
  it('sends the requests of sessions to the services behind the prefix, each with a trace of its own', async () => {
    const seen: string[] = []
    const server = await hostileServer((socket, request) => {
      seen.push(request)
      socket.write(reply(200, '{"token":"t","user":{"id":1}}'))
    })
    const { requests } = await runAgainst(server)
    expect(requests.length).toBeGreaterThan(10)
    expect(seen).toHaveLength(requests.length)
    for (const request of seen)
      expect(request).toMatch(/^(GET|POST|PUT|DELETE) \/gateway\/[a-z]+-service\/api\//)
    const contexts = seen.map((request) => {
      const lines = request.split('\r\n\r\n')[0]!.split('\r\n').slice(1)
      return readTraceContext(Object.fromEntries(lines.map((line) => line.split(': '))))
    })
    const traces = new Set(contexts.map(({ trace }) => trace))
    expect(traces).toEqual(new Set(requests.map(({ origin }) => origin.trace)))
    expect(traces.size).toBe(seen.length)
    for (const { phase, profile, hop } of contexts) {
      expect([phase, profile, hop]).toEqual(['only', 'quick-browser', 0])
    }
  })

  it('ends with the scenario: nobody is left, every session has ended', async () => {
    const { users, sessions, ends, requests, world } = await runAgainst(await shop())
    expect([users, ends.length]).toEqual([0, sessions])
    // Timers may fire a little early.
    expect(world.nowMs).toBeGreaterThan(990)
    expect(requests.filter(({ reply }) => reply.failure !== undefined)).toEqual([])
    const count = requests.length
    await delay(100)
    expect(requests).toHaveLength(count)
  })

  it('counts latency from the intended start, which is never after the real one', async () => {
    const { requests } = await runAgainst(await shop())
    for (const { intendedMs, startMs, endMs } of requests) {
      expect(intendedMs).toBeLessThanOrEqual(startMs)
      expect(startMs).toBeLessThanOrEqual(endMs)
    }
  })
})

describe('open-loop phases', () => {
  const open = phaseOf({ users: 0, rampUpMs: 0, sessionsPerSecond: 30, durationMs: 1000 })

  it('start sessions at their rate, however slow the answers are', async () => {
    const slow = await hostileServer((socket) => {
      setTimeout(() => socket.write(reply(200, '{"token":"t"}')), 300)
    })
    const { sessions, dropped } = await runAgainst(slow, {
      phases: [open],
      accounts: 90,
      maxConcurrentUsers: 90,
    })
    expect(Math.abs(sessions - 30)).toBeLessThan(4 * Math.sqrt(30))
    expect(dropped).toBe(0)
  })

  it('drop sessions for which there is no room', async () => {
    const { sessions, dropped } = await runAgainst(await hostileServer(() => {}), {
      phases: [open],
      accounts: 5,
      maxConcurrentUsers: 5,
      client: { ...scenario.client, timeoutMs: 1500 },
    })
    expect(sessions).toBe(5)
    expect(dropped).toBeGreaterThan(5)
  })
})

describe('a server that hangs', () => {
  it('is given up after the timeout, and the user goes on', async () => {
    const { requests } = await runAgainst(await hostileServer(() => {}), {
      client: { ...scenario.client, timeoutMs: 200 },
    })
    expect(requests.length).toBeGreaterThan(2)
    for (const { reply, readyMs, endMs, expected } of requests) {
      expect([reply.status, reply.failure, expected]).toEqual([0, 'timeout', false])
      // The client's patience begins when it gets to the request, not when its first byte is on the wire.
      expect(endMs - readyMs).toBeGreaterThanOrEqual(199)
    }
  })

  it('does not keep an aborted run: what is under way is given up at once', async () => {
    const stop = new AbortController()
    void delay(100).then(() => stop.abort())
    const { requests, users, world } = await runAgainst(
      await hostileServer(() => {}),
      { phases: [phaseOf({ users: 2, rampUpMs: 0, durationMs: 60_000 })] },
      stop.signal,
    )
    expect(requests.map(({ reply }) => reply.failure)).toEqual(['aborted', 'aborted'])
    expect(users).toBe(0)
    expect(world.nowMs).toBeLessThan(60_000)
  })
})

describe('a generator that has something else to do', () => {
  const steady = phaseOf({
    executor: { kind: 'constant-arrival-rate', sessionsPerSecond: 100 },
    durationMs: 1000,
  })
  const room = { phases: [steady], accounts: 500, maxConcurrentUsers: 500 }
  const BLOCKED_MS = 300

  it('counts latency from when the plan wanted a start, and says how late it was itself', async () => {
    void delay(400).then(() => {
      const endMs = performance.now() + BLOCKED_MS
      while (performance.now() < endMs);
    })
    const { requests, fidelity, sessions } = await runAgainst(await shop(), room)
    expect(sessions).toBe(100)
    const firsts = requests.filter(({ action }) => action === 'register')
    const planned = Array.from({ length: 100 }, (_, k) => 10 * k + 5)
    expect(firsts.map(({ intendedMs }) => Math.round(intendedMs)).sort((a, b) => a - b)).toEqual(planned)
    // Some thirty starts fell into that time, and none of them is lost.
    const late = firsts.filter(({ intendedMs, readyMs }) => readyMs - intendedMs > BLOCKED_MS / 2)
    expect(late.length).toBeGreaterThanOrEqual(10)
    for (const { intendedMs, readyMs, startMs, endMs } of requests) {
      expect([intendedMs, readyMs, startMs, endMs]).toEqual(
        [intendedMs, readyMs, startMs, endMs].sort((a, b) => a - b),
      )
    }
    expect(fidelity.lag.max).toBeGreaterThan(BLOCKED_MS - 30)
    expect(fidelity.loopDelay.max).toBeGreaterThan(BLOCKED_MS - 30)
    expect(fidelity.actual.dispersion).toBeGreaterThan(fidelity.planned.dispersion + 1)
    expect(fidelity.processes).toHaveLength(1)
  })

  it('is not late by what it took to get going', async () => {
    const told: FinishedRequest[] = []
    const server = await shop()
    const client = new HttpClient(server.origin, 16)
    clients.push(client)
    const observer = {
      onRequest: (request: FinishedRequest) => void told.push({ ...request }),
      onSessionStart() {},
      onSessionEnd() {},
      onCheck() {},
      onUsers() {},
      onDropped() {},
    }
    // The clock of the target began half a second ago.
    const startEpochMs = epochMs() - 500
    const options = {
      scenario,
      seed: 1,
      client,
      pathPrefix: '',
      startEpochMs,
      accountPrefix: 'x',
      observer,
    }
    await new LiveWorld(options).run(never())
    expect(told.length).toBeGreaterThan(2)
    for (const { intendedMs } of told) expect(intendedMs).toBeGreaterThanOrEqual(500)
  })
})
