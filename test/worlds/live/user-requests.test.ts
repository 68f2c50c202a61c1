/** Requests of several attempts in the live world: retries, budget and hedges, against servers that are up and down. */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import { type ClientSettings, instanceIds, type Scenario, SERVICES } from '../../../src/scenario/index.ts'
import { attemptKey } from '../../../src/traffic/index.ts'
import { startTarget } from '../../../src/worlds/index.ts'
import { readTraceContext, type TraceContext } from '../../../src/worlds/live/trace-headers.ts'
import { fileOf } from '../../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { hostileServer, reply } from './hostile-server.ts'
import { runAgainst } from './live-run.ts'

const TOKEN = '{"token":"t","user":{"id":1}}'
const scenario: Scenario = {
  ...smallScenario,
  world: 'live',
  timeScale: 300,
  phases: [phaseOf({ users: 2, rampUpMs: 0, durationMs: 800 })],
}

type ClientChange = Partial<Omit<ClientSettings, 'retries'>> & {
  retries?: Partial<ClientSettings['retries']>
}

function withClient({ retries, ...change }: ClientChange): Scenario {
  const usual = { ...scenario.client.retries, backoffMs: 1, budget: null, unsafe: true }
  return { ...scenario, client: { ...scenario.client, ...change, retries: { ...usual, ...retries } } }
}

interface Seen extends TraceContext {
  readonly method: string
  readonly socket: Socket
}

/** A server that does with each attempt what `answer` says, and remembers it. */
async function serverOf(answer: (seen: Seen) => void): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const { origin } = await hostileServer((socket, request) => {
    const [head] = request.split('\r\n\r\n')
    const [first, ...lines] = head!.split('\r\n')
    const headers = Object.fromEntries(lines.map((line) => line.split(': ')))
    const attempt = { ...readTraceContext(headers), method: first!.split(' ')[0]!, socket }
    seen.push(attempt)
    answer(attempt)
  })
  return { origin, seen }
}

/** In the order of their coming. */
function byTraceOf<T extends { readonly trace: string }>(
  items: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(item.trace, [...(groups.get(item.trace) ?? []), item])
  return groups
}

const serve = ({ socket }: Seen) => socket.write(reply(200, TOKEN))
const refuse = ({ socket }: Seen) => socket.write(reply(503, '{}'))

describe('retries', () => {
  it('get what the first attempt did not', async () => {
    const server = await serverOf((seen) => (seen.attempt === 0 ? refuse(seen) : serve(seen)))
    const requests = await runAgainst(server.origin, withClient({ retries: { most: 2 } }))
    // Whoever waits for a retry at the end of the run gets none.
    const whole = requests.filter(({ attempts }) => attempts > 1)
    expect(whole.length).toBeGreaterThan(10)
    expect(requests.length - whole.length).toBeLessThanOrEqual(2)
    for (const { attempts, retries, reply, startMs, endMs, intendedMs } of whole) {
      expect([attempts, retries, reply.status]).toEqual([2, 1, 200])
      expect(intendedMs).toBeLessThanOrEqual(startMs)
      expect(startMs).toBeLessThan(endMs)
    }
  })

  it('have the trace of their request and a key of their own', async () => {
    const server = await serverOf((seen) => (seen.attempt < 2 ? refuse(seen) : serve(seen)))
    await runAgainst(server.origin, withClient({ retries: { most: 2 } }))
    const groups = byTraceOf(server.seen)
    expect(groups.size).toBeGreaterThan(10)
    for (const attempts of groups.values()) {
      const { key } = attempts[0]!
      expect(attempts.map(({ attempt }) => attempt)).toEqual([0, 1, 2].slice(0, attempts.length))
      expect(attempts.map((each) => each.key)).toEqual(
        [0, 1, 2].map((i) => attemptKey(key, i)).slice(0, attempts.length),
      )
    }
  })

  it('come no more often than they may, and the last reply stands', async () => {
    const server = await serverOf(refuse)
    const requests = await runAgainst(server.origin, withClient({ retries: { most: 3 } }))
    const whole = requests.filter(({ attempts }) => attempts === 4)
    expect(requests.length - whole.length).toBeLessThanOrEqual(2)
    for (const { retries, reply, expected } of whole)
      expect([retries, reply.status, expected]).toEqual([3, 503, false])
    expect(server.seen.length).toBe(requests.reduce((sum, { attempts }) => sum + attempts, 0))
  })

  it('follow attempts whose own time is over', async () => {
    const server = await serverOf((seen) => seen.attempt > 0 && serve(seen))
    const requests = await runAgainst(server.origin, withClient({ timeoutMs: 100, retries: { most: 1 } }))
    expect(requests.length).toBeGreaterThan(4)
    const answered = requests.filter(({ reply }) => reply.status === 200)
    expect(requests.length - answered.length).toBeLessThanOrEqual(2)
    for (const { attempts, readyMs, endMs } of answered) {
      expect(attempts).toBe(2)
      expect(endMs - readyMs).toBeGreaterThanOrEqual(99)
    }
  })

  it('leave POST alone, unless they are told not to', async () => {
    const server = await serverOf(refuse)
    await runAgainst(server.origin, withClient({ retries: { most: 1, unsafe: false } }))
    const repeated = server.seen.filter(({ attempt }) => attempt > 0)
    expect(server.seen.some(({ method }) => method === 'POST')).toBe(true)
    expect(repeated.filter(({ method }) => method === 'POST')).toEqual([])
  })

  it('that wait at the end of the run are not made: the last reply stands', async () => {
    const server = await serverOf(refuse)
    const retries = { most: 5, backoffMs: 60_000, maxBackoffMs: 60_000, jitter: 'none' } as const
    const requests = await runAgainst(server.origin, withClient({ retries }))
    expect(requests.map(({ attempts, reply }) => [attempts, reply.status])).toEqual([
      [1, 503],
      [1, 503],
    ])
    expect(server.seen).toHaveLength(2)
  })
})

describe('the budget', () => {
  const storm = async (budget: number | null) => {
    const server = await serverOf(refuse)
    const retries = { most: 20, backoffMs: 0, budget }
    const crowd = {
      ...withClient({ retries }),
      phases: [phaseOf({ users: 8, rampUpMs: 0, durationMs: 1000 })],
    }
    const requests = await runAgainst(server.origin, crowd)
    return { retries: requests.reduce((sum, request) => sum + request.retries, 0), requests: requests.length }
  }

  it('limits a storm of retries to its share of the requests, and a few', async () => {
    expect((await storm(0)).retries).toBe(100)
    const { retries, requests } = await storm(0.5)
    expect(retries).toBeGreaterThan(100)
    expect(retries).toBeLessThanOrEqual(100 + 0.5 * requests)
  })

  it('limits nothing where there is none', async () => {
    expect((await storm(null)).retries).toBeGreaterThan(150)
  })
})

describe('a hedge', () => {
  it('wins against an instance that is slow, whose attempt is then aborted', async () => {
    let aborted = 0
    const server = await serverOf((seen) => {
      if (seen.attempt > 0 || seen.method !== 'GET') return serve(seen)
      return seen.socket.once('close', () => aborted++)
    })
    const requests = await runAgainst(server.origin, withClient({ timeoutMs: 400, hedgeAfterMs: 30 }))
    const hedged = requests.filter(({ attempts }) => attempts === 2)
    expect(hedged.length).toBeGreaterThan(3)
    for (const { retries, reply, startMs, endMs } of hedged) {
      expect([retries, reply.status]).toEqual([0, 200])
      expect(endMs - startMs).toBeGreaterThanOrEqual(29)
    }
    while (aborted < hedged.length) await delay(5)
  })

  it('is not sent when the first attempt is fast, nor for what is not to happen twice', async () => {
    const server = await serverOf(({ method, socket }) => {
      setTimeout(() => socket.write(reply(200, TOKEN)), method === 'GET' ? 0 : 60)
    })
    const requests = await runAgainst(server.origin, withClient({ hedgeAfterMs: 50 }))
    // A stall of this machine may make a fast answer slow.
    expect(requests.filter(({ attempts }) => attempts > 1).length).toBeLessThan(requests.length / 4)
    expect(server.seen.filter(({ method, attempt }) => method !== 'GET' && attempt > 0)).toEqual([])
  })

  it('is not sent for what has failed and waits for its retry', async () => {
    const server = await serverOf((seen) => (seen.attempt === 0 ? refuse(seen) : serve(seen)))
    const retries = { most: 2, backoffMs: 150, jitter: 'none' } as const
    const requests = await runAgainst(server.origin, withClient({ hedgeAfterMs: 50, retries }))
    const read = new Set(server.seen.filter(({ method }) => method === 'GET').map(({ trace }) => trace))
    const retried = requests.filter(({ origin, reply }) => read.has(origin.trace) && reply.status === 200)
    expect(retried.length).toBeGreaterThan(3)
    // A stall of this machine may make a fast failure slow, so that it is hedged rightly.
    const hedged = retried.filter((request) => request.attempts > 1 + request.retries)
    expect(hedged.length).toBeLessThan(retried.length / 4)
  })

  it('that fails leaves the request to the first attempt', async () => {
    const server = await serverOf((seen) => {
      if (seen.attempt > 0) return refuse(seen)
      return setTimeout(() => serve(seen), seen.method === 'GET' ? 100 : 0)
    })
    const requests = await runAgainst(server.origin, withClient({ hedgeAfterMs: 20 }))
    const hedged = requests.filter(({ attempts }) => attempts === 2)
    expect(hedged.length).toBeGreaterThan(1)
    expect(new Set(hedged.map(({ reply }) => reply.status))).toEqual(new Set([200]))
  })
})

it('is recorded by the balancer: a further attempt names the decision that it repeats', async () => {
  const instances = SERVICES.flatMap((service) => instanceIds(scenario, service))
  const parameters = { rate: 0.5, status: 503, answerMs: 0 }
  const faults = [{ kind: 'errors', instances, share: 1, startMs: 0, durationMs: 60_000, parameters }]
  const flaky = { ...withClient({ retries: { most: 3 } }), faults }
  const file = fileOf('', 'experiences.jsonl')
  const policies = policyFactory('round-robin')
  const target = await startTarget({
    scenario: flaky,
    seed: 1,
    policies,
    port: 0,
    recordTo: { run: 'retries', file },
  })
  const requests = await runAgainst(target.url, flaky, '/proxy', target.startEpochMs)
  await target.close()

  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const records = lines.map((line) => JSON.parse(line) as ExperienceRecord)
  const own = records.filter(({ hop }) => hop === 0).toSorted((a, b) => a.decision - b.decision)
  const groups = byTraceOf(own)
  let repeats = 0
  for (const { origin, attempts } of requests) {
    const decisions = groups.get(origin.trace)!
    expect(decisions).toHaveLength(attempts)
    for (const [i, { outcome }] of decisions.entries()) {
      expect(outcome!.retryOf).toBe(i === 0 ? null : decisions[i - 1]!.decision)
      if (i > 0) repeats++
    }
  }
  expect(repeats).toBeGreaterThan(10)
  expect(requests.filter(({ retries, reply }) => retries > 0 && reply.status === 200).length).toBeGreaterThan(
    5,
  )
})
