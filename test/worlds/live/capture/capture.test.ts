/** The decisions of a balancer that is not ours, as a client sees them: from sending and answers to records. */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Request } from '../../../../src/core/index.ts'
import { ExperienceLog, type ExperienceRecord } from '../../../../src/experience/index.ts'
import { instanceFeature } from '../../../../src/routing/index.ts'
import { type CaptureSettings, SERVICES } from '../../../../src/scenario/index.ts'
import type { HttpResult } from '../../../../src/worlds/index.ts'
import { Capture, type CapturedAttempt, MOST_INSTANCES } from '../../../../src/worlds/live/capture/capture.ts'
import { ToldFeatures } from '../../../../src/worlds/live/capture/told-features.ts'

const SETTINGS: CaptureSettings = {
  instanceHeader: 'x-upstream',
  instanceCookie: null,
  instances: {},
  estimatePropensities: false,
  prometheus: null,
  admin: null,
}
const ROUTES = 100
const EWMA = instanceFeature('ewmaLatencyMs')
const ERROR_RATE = instanceFeature('errorRate')
const ANSWERS = instanceFeature('answersPerSecond')
const CPU = instanceFeature('cpu')
const HEALTHY = instanceFeature('healthy')

let nowMs: number
let told: ToldFeatures
let lines: string[]
let capture: Capture
let discovered: number

function start(change: Partial<CaptureSettings> = {}): void {
  nowMs = 0
  discovered = 0
  lines = []
  told = new ToldFeatures()
  const log = new ExperienceLog({
    run: 'r',
    services: SERVICES,
    instances: Object.fromEntries(SERVICES.map((service) => [service, []])),
    routes: Array.from({ length: ROUTES }, (_, i) => `route-${i}`),
    phases: ['only'],
    profiles: ['quick'],
    reward: {
      targetLatencyMs: 100,
      weights: { latency: 1, error: 5, throughput: 0, balance: 1, satisfaction: 0 },
    },
    repeats: true,
    sink: { writeLine: (bytes, length) => lines.push(Buffer.from(bytes.subarray(0, length)).toString()) },
  })
  const settings = { ...SETTINGS, ...change }
  capture = new Capture({ settings, told, log, now: () => nowMs, onInstance: () => discovered++ })
}
beforeEach(() => start())

let traces = 0
const READ: Request = { method: 'GET', service: 'cart-service', path: '/api/cart' }
function send(
  request = READ,
  attempt = 0,
  trace = (++traces).toString(16).padStart(32, '0'),
): CapturedAttempt {
  return capture.onSend(request, { trace, hop: 0, attempt, phase: 0, profile: 0 })
}

/** `name` as the header says it; undefined for no header. */
function reply(name: string | undefined, status = 200): HttpResult {
  const headers = name === undefined ? {} : { 'x-upstream': name }
  return { status, headers, body: Buffer.alloc(0), failure: null }
}
const TIMEOUT: HttpResult = { status: 0, headers: {}, body: Buffer.alloc(0), failure: 'timeout' }

function answer(attempt: CapturedAttempt, atMs: number, result: HttpResult): void {
  nowMs = atMs
  capture.onEnd(attempt, result)
}

/** Sends at `atMs` and is answered `latencyMs` later. */
function exchange(atMs: number, latencyMs: number, result: HttpResult, request = READ): void {
  nowMs = atMs
  answer(send(request), atMs + latencyMs, result)
}

/** All records, in the order of their decisions. */
function records(): ExperienceRecord[] {
  capture.close(nowMs)
  return lines.map((line) => JSON.parse(line) as ExperienceRecord).toSorted((a, b) => a.decision - b.decision)
}

/** `workMs`, `meanWorkMs`, `cheaperWorkShare` and `ownWorkShare`: only instances could tell. */
const COSTS_UNKNOWN = [null, null, null, null]

describe('the state of a record', () => {
  it('is the one at the time of sending, though the instance is known by the answer only', () => {
    exchange(0, 10, reply('a'))
    nowMs = 100
    const slow = send()
    exchange(101, 20, reply('a'))
    answer(slow, 200, reply('b'))
    const [first, second, third] = records()
    expect(first).toMatchObject({ state: { instances: [] }, action: { index: 0, instance: 'a' } })
    expect(second).toMatchObject({
      t: 100,
      state: { context: [expect.any(Number), 0, 0.1, 1, ...COSTS_UNKNOWN] },
      action: { index: 1, instance: 'b' },
      outcome: { latencyMs: 100 },
    })
    expect(second!.state.instances.map((row) => row![EWMA])).toEqual([10])
    expect(third!.state.context.slice(1)).toEqual([1, 0.2, 1, ...COSTS_UNKNOWN])
    expect(third!.state.instances.map((row) => row![EWMA])).toEqual([10])
  })

  it('says null to all that a client cannot know', () => {
    exchange(0, 10, reply('a'))
    exchange(100, 10, reply('a'))
    const known = [
      'ewmaLatencyMs',
      'responseTimeMs',
      'errorRate',
      'answersPerSecond',
      'recentErrorRate',
    ] as const
    const { state, propensity, policy, rewards, reward } = records()[1]!
    const there = state.instances[0]!.flatMap((value, i) => (value === null ? [] : [i]))
    expect(there).toEqual(known.map(instanceFeature))
    expect([propensity, policy, rewards!.balance]).toEqual([null, null, null])
    expect(reward).toBeCloseTo(-0.1)
  })

  it('has what others tell, as long as it is fresh', () => {
    exchange(0, 10, reply('a'))
    told.tell('cart-service', 'a', 'cpu', 0.25, 200)
    told.tell('user-service', 'a', 'cpu', 0.75, 200)
    exchange(100, 10, reply('a'))
    exchange(200, 10, reply('a'))
    expect(records().map(({ state }) => state.instances[0]?.[CPU])).toEqual([undefined, 0.25, null])
  })

  it('has nothing of the client where Prometheus was asked: one column says one thing', () => {
    const queries = { ewmaLatencyMs: 'latency' }
    const polled = { url: 'http://p:9090', pollMs: 1000, tokenVariable: null }
    start({ prometheus: { ...polled, instanceLabel: 'instance', queries } })
    exchange(0, 10, reply('a'))
    told.tell('cart-service', 'a', 'ewmaLatencyMs', 77, 200)
    exchange(100, 10, reply('a'))
    exchange(200, 10, reply('a'))
    const rows = records().map(({ state }) => state.instances[0])
    expect(rows.map((row) => row?.[EWMA])).toEqual([undefined, 77, null])
    expect(rows[2]![ANSWERS]).toBeGreaterThan(0)
  })

  it('counts as eligible who is not known to be out', () => {
    exchange(0, 10, reply('a'))
    exchange(20, 10, reply('b'))
    told.tell('cart-service', 'b', 'healthy', 0, 1000)
    exchange(100, 10, reply('a'))
    const { state } = records()[2]!
    expect(state.context[3]).toBe(1)
    expect(state.instances.map((row) => row![HEALTHY])).toEqual([null, 0])
  })

  it('counts what this client has under way, also to nobody knows whom', () => {
    const open = [send(), send(), send()]
    answer(open[1]!, 10, TIMEOUT)
    send()
    answer(open[0]!, 20, reply('a'))
    send()
    expect(records().map(({ state }) => state.context[1])).toEqual([0, 1, 2, 2, 2])
  })

  it('keeps services apart, and knows the class of a route', () => {
    exchange(0, 10, reply('a'))
    exchange(20, 10, reply('a'), { method: 'GET', service: 'user-service', path: '/api/users/7' })
    exchange(40, 10, reply('a'), { method: 'GET', service: 'cart-service', path: '/nowhere' })
    const [cart, user, nowhere] = records()
    expect([cart!.service, user!.service]).toEqual(['cart-service', 'user-service'])
    expect(user!.state).toMatchObject({ instances: [] })
    expect(new Set([cart, user, nowhere].map((record) => record!.route)).size).toBe(3)
  })
})

describe('the instance', () => {
  it.each([
    ['no header', reply(undefined)],
    ['an empty one', reply('')],
    ['no reply', TIMEOUT],
  ])('is not guessed: %s', (_, result) => {
    exchange(0, 10, reply('a'))
    exchange(100, 10, result)
    expect(records()[1]).toMatchObject({ action: null, propensity: null })
    expect(capture.counts).toMatchObject({ ended: 2, named: 1 })
  })

  it('is the last of those that were tried, and the others have failed', () => {
    exchange(0, 10, reply('a'))
    exchange(20, 10, reply('b'))
    exchange(40, 30, reply('a, b'))
    exchange(100, 10, reply('b'))
    const all = records()
    expect(all[2]!.action).toEqual({ index: 1, instance: 'b' })
    expect(all[3]!.state.instances.map((row) => row![ERROR_RATE])).toEqual([0.5, 0])
    expect(capture.counts.retried).toBe(1)
    expect(capture.decisions.services[SERVICES.indexOf('cart-service')]!.instances).toMatchObject([
      { answers: 1, failures: 0 },
      { answers: 3, failures: 0, latencyMs: 50 },
    ])
  })

  it('is not discovered by what a balancer says when it has none', () => {
    exchange(0, 1, reply('cart-service', 502))
    exchange(20, 10, reply('a'))
    exchange(40, 10, reply('a', 502))
    expect(records().map(({ action }) => action?.instance ?? null)).toEqual([null, 'a', 'a'])
    expect(capture.instances['cart-service']).toEqual(['a'])
    expect([...capture.counts.strangers]).toEqual([['cart-service', 1]])
    expect(discovered).toBe(1)
  })

  it('is not everything that a header says, if that is something else every time', () => {
    for (let i = 0; i < MOST_INSTANCES + 10; i++) exchange(i * 20, 10, reply(`request-${i}`))
    expect(capture.instances['cart-service']).toHaveLength(MOST_INSTANCES)
    expect(records().at(-1)!.action).toBeNull()
    expect(capture.counts.strangers.get(`request-${MOST_INSTANCES}`)).toBe(1)
  })

  it('goes by the ids that the scenario gives, and no other is one', () => {
    start({ instances: { 'cart-service': { '10.0.0.1:80': 'one', '10.0.0.2:80': 'two' } } })
    expect(capture.instances['cart-service']).toEqual(['one', 'two'])
    exchange(0, 10, reply('10.0.0.2:80'))
    exchange(20, 10, reply('10.0.0.3:80'))
    const [first, second] = records()
    expect(first!.action).toEqual({ index: 1, instance: 'two' })
    expect(first!.state.instances.map((row) => row![ANSWERS])).toEqual([0, 0])
    expect(second!.action).toBeNull()
    expect([...capture.counts.strangers]).toEqual([['10.0.0.3:80', 1]])
  })

  it.each(['constructor', '__proto__', 'toString'])('is not "%s" because every object has that', (name) => {
    start({ instances: { 'cart-service': { a: 'one', b: 'two' } } })
    exchange(0, 10, reply(name))
    expect(capture.instances['cart-service']).toEqual(['one', 'two'])
    expect([...capture.counts.strangers]).toEqual([[name, 1]])
  })

  it('has no name that goes on for a page', () => {
    exchange(0, 10, reply('x'.repeat(5000)))
    expect(capture.instances['cart-service']).toEqual([])
    expect([...capture.counts.strangers.keys()][0]!.length).toBeLessThan(300)
  })
})

describe('an attempt', () => {
  it('that is a retry names the decision that it repeats', () => {
    const trace = 'ab'.repeat(16)
    answer(send(READ, 0, trace), 10, reply('a', 503))
    answer(send(READ, 1, trace), 20, reply('b'))
    const [, retry] = records()
    expect(retry!.outcome).toMatchObject({ retryOf: 0, status: 200 })
  })

  it('that the client gave up for another has no outcome, and is in flight no more', () => {
    const aborted = send()
    answer(aborted, 10, { ...TIMEOUT, failure: 'aborted' })
    exchange(20, 10, reply('a'))
    const [first, second] = records()
    expect(first).toMatchObject({ outcome: null, action: null, truncated: true })
    expect(second!.state.context[1]).toBe(0)
    expect(capture.counts.ended).toBe(1)
  })

  it('has the split of its latency that the instance tells', () => {
    const headers = { 'x-upstream': 'a', 'server-timing': 'queue;dur=2.5, work;dur=7.25' }
    exchange(0, 10, { ...reply('a'), headers })
    expect(records()[0]!.outcome).toMatchObject({ queueMs: 2.5, workMs: 7.25 })
  })
})

describe('propensities', () => {
  it('are not there unless they are asked for', () => {
    exchange(0, 10, reply('a'))
    exchange(20, 10, reply('a'))
    for (const record of records()) {
      expect(record.propensity).toBeNull()
      expect(record.propensityEstimated).toBeUndefined()
    }
  })

  it('are the shares of the instances that were known, marked as estimates', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 40 }), (names) => {
        start({ estimatePropensities: true })
        for (const [i, name] of names.entries()) exchange(i * 20, 10, reply(name))
        for (const [i, { action, propensity, propensityEstimated, state }] of records().entries()) {
          if (action!.index >= state.instances.length) {
            expect(propensity).toBeNull()
            continue
          }
          const known = new Set(names.slice(0, i))
          const counted = names.slice(0, i + 1).filter((name) => known.has(name))
          const share = counted.filter((name) => name === names[i]).length / counted.length
          expect(propensityEstimated).toBe(true)
          expect(propensity).toHaveLength(known.size)
          expect(propensity![action!.index]).toBeCloseTo(share)
          expect(propensity!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1)
        }
      }),
    )
  })
})
