/** What is told of requests that were sent over sockets: when, how far they came, and what was in the reply. */
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CallStep, Reply, Request } from '../../../src/core/index.ts'
import type { ClientSettings, Scenario } from '../../../src/scenario/index.ts'
import {
  epochMs,
  type FinishedRequest,
  HttpClient,
  LiveClock,
  TargetProcess,
} from '../../../src/worlds/index.ts'
import { UserRequests } from '../../../src/worlds/live/user-requests.ts'
import { writeTraceWords } from '../../../src/worlds/trace-id.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { DESERTED, hostileServer, reply } from './hostile-server.ts'
import { runAgainst } from './live-run.ts'

const clients: HttpClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

const GET: Request = { method: 'GET', service: '', path: '/path?a=1' }
const stepOf = (request: Partial<Request>, change: Partial<CallStep> = {}): CallStep => ({
  ...{ kind: 'call', name: 'get', request: { ...GET, ...request }, expects: 'success', mistake: undefined },
  ...change,
})

interface Told extends FinishedRequest {
  readonly atMs: number
}

/** Sends requests as sessions do, and collects what is told of them. */
function sender(origin: string, change: Partial<ClientSettings> = {}) {
  const scenario: Scenario = {
    ...smallScenario,
    phases: [phaseOf({ users: 1 })],
    client: { ...smallScenario.client, ...change },
  }
  const client = new HttpClient(origin, scenario.client)
  clients.push(client)
  const { now } = new LiveClock(epochMs())
  const told: Told[] = []
  const requests = new UserRequests({
    scenario,
    client,
    pathPrefix: '/proxy',
    accountPrefix: 'x',
    now,
    observer: {
      onRequest: (request) => told.push({ ...request, atMs: now() }),
      onSessionStart: () => {},
      onSessionEnd: () => {},
      onCheck: () => {},
      onUsers: () => {},
      onDropped: () => {},
    },
  })
  const [profile] = Object.keys(scenario.behaviors) as [string]
  let key = 0
  const send = (step: CallStep, user?: ReturnType<HttpClient['newUser']>): Promise<Reply> =>
    new Promise((resume) => {
      const wish = { key: ++key, phase: 0, profile, session: 1, intendedMs: now(), isGone: () => false }
      requests.begin({ ...wish, step, user, resume })
    })
  return { send, told, requests }
}

describe('the time of sending', () => {
  it('is when a connection was had, not when one was waited for', async () => {
    const held: Socket[] = []
    const server = await hostileServer((socket) => held.push(socket))
    const { send, told } = sender(server.origin, { connections: { per: 'pool', most: 1 } })
    const replies = [send(stepOf({})), send(stepOf({}))]
    await vi.waitFor(() => expect(held).toHaveLength(1))
    await delay(60)
    held[0]!.write(reply(200, ''))
    await replies[0]
    await vi.waitFor(() => expect(held).toHaveLength(2))
    await delay(30)
    held[1]!.write(reply(200, ''))
    await replies[1]
    const [first, second] = told as [Told, Told]
    expect(first.readyMs).toBeLessThanOrEqual(first.startMs)
    expect(second.readyMs).toBeLessThan(first.endMs - 50)
    expect(second.startMs).toBeGreaterThanOrEqual(first.endMs)
    expect(second.endMs - second.startMs).toBeGreaterThan(20)
  })

  it('never came, where the patience of the client was over first', async () => {
    const seen: Socket[] = []
    const server = await hostileServer((socket) => seen.push(socket))
    const { send, told, requests } = sender(server.origin, {
      connections: { per: 'pool', most: 1 },
      timeoutMs: 80,
    })
    const replies = [send(stepOf({})), send(stepOf({}))]
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    await delay(100)
    requests.expire()
    expect((await Promise.all(replies)).map(({ failureDetail }) => failureDetail)).toEqual([
      'waiting for the answer',
      'waiting for a connection',
    ])
    const [sent, waited] = told as [Told, Told]
    expect(sent.endMs - sent.startMs).toBeGreaterThan(50)
    expect(waited.startMs).toBeNaN()
    expect([sent.failure, waited.failure]).toEqual(['timeout', 'timeout'])
  })

  it('is the first attempt that was sent, where there are more', async () => {
    let attempts = 0
    const server = await hostileServer((socket) => {
      if (++attempts === 1) setTimeout(() => socket.write(reply(503, '')), 60)
      else socket.write(reply(200, ''))
    })
    const retries = { ...smallScenario.client.retries, most: 1, backoffMs: 0 }
    const { send, told } = sender(server.origin, { retries })
    await send(stepOf({}))
    expect(told[0]!).toMatchObject({ attempts: 2, expected: true })
    expect(told[0]!.endMs - told[0]!.startMs).toBeGreaterThan(40)
  })
})

describe('a reply', () => {
  const answering = (text: string, headers = '') =>
    hostileServer((socket) => socket.write(reply(200, text, headers)))

  it('has headers, text and JSON value, as far as its step reads them', async () => {
    const { origin } = await answering('{"a":[1,"ü"]}', 'X-Multi: 1\r\nX-Multi: 2\r\n')
    const { send, told } = sender(origin)
    const json = await send(stepOf({}))
    expect(json.body).toEqual({ a: [1, 'ü'] })
    expect(json.body).toBe(json.body)
    expect(json.headers).toMatchObject({ 'x-multi': '1, 2', 'content-length': '14' })
    const text = await send(stepOf({}, { reads: 'text' }))
    expect([text.text, text.body]).toEqual(['{"a":[1,"ü"]}', undefined])
    const status = await send(stepOf({}, { reads: 'status' }))
    expect([status.status, status.text, status.body]).toEqual([200, undefined, undefined])
    expect(told.map(({ bytes }) => bytes)).toEqual([14, 14, 14])
  })

  it('is checked once it is as it should be: what does not pass is a failure of class body', async () => {
    const { origin } = await answering('{"ok":false}')
    const tags = Object.freeze({ page: 'home' })
    const { send, told } = sender(origin)
    const verify = ({ body }: Reply): boolean => (body as { ok: boolean }).ok
    await send(stepOf({}, { verify, tags }))
    expect(told[0]).toMatchObject({ expected: false, failure: 'body', attempts: 1 })
    expect(told[0]!.tags).toBe(tags)
  })
})

describe('a request', () => {
  it('goes to a path of the target where it names no service, with all that it says itself', async () => {
    const seen: string[] = []
    const { origin } = await hostileServer((socket, request) => {
      seen.push(request)
      socket.write(reply(200, ''))
    })
    const { send } = sender(origin, { headers: { 'x-all': 'yes' } })
    const headers = { 'x-own': '1', 'content-type': 'text/csv' }
    await send(stepOf({ method: 'PATCH', rawBody: 'a;b', headers, token: 't' }))
    await send(stepOf({ service: 'cart-service', method: 'POST', body: { a: 1 } }))
    expect(seen[0]).toMatch(/^PATCH \/path\?a=1 HTTP/)
    for (const line of ['x-own: 1', 'content-type: text/csv', 'authorization: Bearer t', 'x-all: yes'])
      expect(seen[0]).toContain(`\r\n${line}\r\n`)
    expect(seen[0]).toMatch(/\r\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n/)
    expect(seen[0]!.endsWith('\r\n\r\na;b')).toBe(true)
    expect(seen[1]).toMatch(/^POST \/proxy\/cart-service\/path\?a=1 HTTP/)
    expect(seen[1]).toContain('\r\ncontent-type: application/json\r\n')
    expect(seen[1]!.endsWith('{"a":1}')).toBe(true)
  })

  it('is the same however often its object is sent, but for the trace', async () => {
    const seen: string[] = []
    const { origin } = await hostileServer((socket, request) => {
      seen.push(request.replaceAll(/[0-9a-f]{16,}/g, '*'))
      socket.write(reply(200, ''))
    })
    const { send } = sender(origin, { connections: { per: 'pool', most: 1 } })
    const [one, other] = [
      stepOf({ method: 'POST', body: { text: 'ü' } }),
      stepOf({ method: 'POST', body: { text: 'other' } }),
    ]
    for (const step of [one, one, one, other, one, other, other]) await send(step)
    expect(new Set([seen[0], seen[1], seen[2], seen[4]]).size).toBe(1)
    expect(new Set([seen[3], seen[5], seen[6]]).size).toBe(1)
    expect(seen[3]).toContain('other')
  })

  it('says nothing of who caused it where that is not wanted', async () => {
    const seen: string[] = []
    const { origin } = await hostileServer((socket, request) => {
      seen.push(request)
      socket.write(reply(200, ''))
    })
    const { send, told } = sender(origin, { traceHeaders: false })
    await send(stepOf({}))
    expect(seen[0]).not.toMatch(/trace|baggage/)
    expect(told[0]!.origin.trace).toMatch(/^[0-9a-f]{32}$/)
  })

  it('has the same trace on the wire, in what is told, and as the words of the log', async () => {
    const seen: string[] = []
    const { origin } = await hostileServer((socket, request) => {
      seen.push(/x-trace-id: (\w+)/.exec(request)![1]!)
      socket.write(reply(200, ''))
    })
    const { send, told } = sender(origin)
    await send(stepOf({}))
    const words = new Float64Array(4)
    writeTraceWords(told[0]!.origin, words, 0)
    const digits = [...words].map((word) => word.toString(16).padStart(8, '0')).join('')
    expect([told[0]!.origin.trace, digits]).toEqual([seen[0], seen[0]])
  })

  it('that is none is told as well, and whoever goes on at once lets others live', async () => {
    const { send, told } = sender(DESERTED)
    let rounds = 0
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    const again = async (): Promise<void> => {
      while (rounds++ < 500) await send(stepOf({ headers: { 'x-bad': 'a\nb' } }))
    }
    await again()
    await delay(5)
    clearInterval(ticking)
    expect(told).toHaveLength(500)
    expect(told[0]).toMatchObject({ failure: 'aborted', reply: { failureDetail: 'invalid x-bad header' } })
    expect(turns).toBeGreaterThan(0)
  })

  it('counts its class where nobody is', async () => {
    const { send, told } = sender(DESERTED)
    expect(await send(stepOf({}))).toEqual({ status: 0, failure: 'connect', failureDetail: 'ECONNREFUSED' })
    expect(told[0]).toMatchObject({ failure: 'connect', expected: false, bytes: Number.NaN })
  })
})

it('gives a run its end and its results where the target stops to answer in the middle', async () => {
  let answers = 0
  const server = await hostileServer((socket) => {
    if (++answers < 20) socket.write(reply(200, '{"token":"t","user":{"id":1}}'))
  })
  const scenario: Scenario = {
    ...smallScenario,
    world: 'live',
    timeScale: 300,
    phases: [phaseOf({ users: 4, rampUpMs: 0, durationMs: 700 })],
    client: { ...smallScenario.client, timeoutMs: 150, connections: { per: 'pool', most: 2 } },
  }
  const requests = await runAgainst(server.origin, scenario)
  const failures = requests.map(({ failure }) => failure)
  expect(failures.filter((failure) => failure === null)).toHaveLength(19)
  expect(failures.filter((failure) => failure === 'timeout').length).toBeGreaterThan(4)
  const details = requests.flatMap(({ reply: { failureDetail } }) => failureDetail ?? [])
  // Whoever is under way at the end is given up, which may be while it waits.
  for (const detail of details) expect(detail).toMatch(/^waiting for (the answer|a connection)$/)
})

it('needs users who say who they are, where the target is the embedded one', async () => {
  const scenario = { ...smallScenario, client: { ...smallScenario.client, traceHeaders: false } }
  const raised = TargetProcess.start({ scenario, seed: 1, policy: 'round-robin', port: 0 })
  await expect(raised).rejects.toThrow('client.traceHeaders: expected true, or --target')
})
