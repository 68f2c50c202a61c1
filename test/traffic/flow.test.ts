/** Flows as processes: what they send, what they hope for, and what they make of the replies. */
import { describe, expect, it } from 'vitest'
import { type CallStep, failureClass, keyedStream, type Reply } from '../../src/core/index.ts'
import type { Phase } from '../../src/scenario/index.ts'
import { type SessionResult, session } from '../../src/traffic/index.ts'
import { loadFlow } from '../scenario/flow/flow-files.ts'
import { newAccount } from './session-run.ts'

interface Pass {
  readonly result: SessionResult
  readonly steps: readonly CallStep[]
  readonly pausesMs: readonly number[]
  readonly failures: readonly (string | null)[]
  readonly checks: readonly (readonly [string, boolean])[]
  readonly measured: readonly (readonly [string, number])[]
}

/** One pass through a flow; the target answers by the name of the request, and 200 where nothing is said. */
function run(
  requests: string,
  replies: Readonly<Record<string, Reply>> = {},
  { number = 0, visits = 1, phase = {} as Partial<Phase>, seed = 7 } = {},
): Pass {
  const scenario = loadFlow(requests)
  const steps: CallStep[] = []
  const pausesMs: number[] = []
  const failures: (string | null)[] = []
  const checks: [string, boolean][] = []
  const measured: [string, number][] = []
  const process = session({
    scenario,
    behavior: scenario.behaviors.smoke!,
    number,
    place: number,
    visits,
    account: newAccount(),
    random: keyedStream(seed),
    popularity: [],
    currentPhase: () => ({ ...scenario.phases[0]!, ...phase }),
    now: () => 0,
    check: (name, passed) => checks.push([name, passed]),
    measure: (metric, value) => measured.push([metric, value]),
  })
  let next = process.next()
  while (next.done !== true) {
    const step = next.value
    if (step.kind === 'spawn') throw new Error('a flow spawns nothing')
    if (step.kind === 'pause') {
      pausesMs.push(step.ms)
      next = process.next()
      continue
    }
    const reply = replies[step.name] ?? { status: 200 }
    steps.push(step)
    failures.push(failureClass(step, reply))
    next = process.next(reply)
  }
  return { result: next.value, steps, pausesMs, failures, checks, measured }
}

const json = (body: Reply['body'], status = 200): Reply => ({ status, body: body! })

describe('a pass through a flow', () => {
  it('makes its requests in order, with their pauses', () => {
    const { steps, pausesMs, result } = run(`
- { name: a, get: /a, thinkTimeSeconds: [1, 1] }
- { name: b, head: /b }
- { name: c, options: /c, thinkTimeSeconds: [2, 2] }`)
    expect(steps.map(({ name, request }) => [name, request.method, request.service, request.path])).toEqual([
      ['a', 'GET', '', '/a'],
      ['b', 'HEAD', '', '/b'],
      ['c', 'OPTIONS', '', '/c'],
    ])
    expect(pausesMs).toEqual([1000, 2000])
    expect(result).toEqual({ signedIn: true, ordered: false, pages: 3 })
  })

  it('thinks faster in a faster phase, and within the range that varies', () => {
    const requests = '- { name: a, get: /a, thinkTimeSeconds: [2, 2] }'
    expect(run(requests, {}, { phase: { pace: 4 } }).pausesMs).toEqual([500])
    const varied = run(requests, {}, { phase: { variability: { users: 0, thinkTime: 0.5, actions: 0 } } })
    expect(varied.pausesMs[0]).toBeGreaterThan(1000)
    expect(varied.pausesMs[0]).toBeLessThan(3000)
    expect(varied.pausesMs[0]).not.toBe(2000)
  })

  it('sends the very same object again and again where nothing is put in', () => {
    const scenario = loadFlow('- { name: a, post: /a, headers: { x-a: b }, body: { c: 1 } }')
    const context = {
      scenario,
      behavior: scenario.behaviors.smoke!,
      number: 0,
      place: 0,
      visits: 1,
      account: newAccount(),
      random: keyedStream(1),
      popularity: [],
      currentPhase: () => scenario.phases[0]!,
      now: () => 0,
      check: () => {},
      measure: () => {},
    }
    const [first, second] = [session(context).next().value, session(context).next().value]
    expect(first).toBe(second)
    expect(first).toMatchObject({
      name: 'a',
      request: { method: 'POST', path: '/a', headers: { 'x-a': 'b' }, body: { c: 1 } },
      reads: 'status',
      tags: { team: 'catalogue' },
    })
  })

  it('carries captured values on, with their types in bodies and escaped in paths', () => {
    const { steps } = run(
      `
- name: login
  post: /login
  capture: { token: token, user_id: user.id, cart: user.cart, next: { header: location }, csrf: { text: 'csrf=(\\w+)' } }
- name: use
  post: /users/\${user_id}/\${token}
  headers: { authorization: "Bearer \${token}", x-csrf: "<\${csrf}>" }
  body: { id: "\${user_id}", label: "no \${user_id}", cart: "\${cart}", fixed: [1, "\${csrf}"] }
- name: follow
  get: \${next}`,
      {
        login: {
          status: 200,
          body: { token: 'a/b c\r\nx: 1', user: { id: 12, cart: ['x'] } },
          text: '<csrf=K9>',
          headers: { location: 'http://elsewhere.example/next?page=2#top' },
        },
      },
    )
    expect(steps[1]!.request).toEqual({
      method: 'POST',
      service: '',
      path: '/users/12/a%2Fb%20c%0D%0Ax%3A%201',
      token: 'a/b c  x: 1',
      headers: { 'x-csrf': '<K9>' },
      body: { id: 12, label: 'no 12', cart: ['x'], fixed: [1, 'K9'] },
    })
    expect(steps[2]!.request.path).toBe('/next?page=2')
    expect(steps.map(({ reads }) => reads)).toEqual(['json', 'status', 'status'])
  })

  it('knows the user, the iteration and a random number that depends on both alone', () => {
    const requests = `- { name: a, get: "/u\${user}/i\${iteration}/r\${random}" }`
    const path = (settings = {}) => run(requests, {}, settings).steps[0]!.request.path
    expect(path({ number: 4, visits: 3 })).toMatch(/^\/u4\/i2\/r\d+$/)
    expect(path({ seed: 1 })).toBe(path({ seed: 1 }))
    expect(path({ seed: 1 })).not.toBe(path({ seed: 2 }))
  })

  it('sends text as it stands, and JSON that is no object as text that says what it is', () => {
    const { steps } = run(`
- { name: text, post: /t, headers: { content-type: text/csv }, body: "a,b" }
- { name: list, post: /l, body: [1, "\${user}"] }
- { name: basic, get: /b, headers: { authorization: Basic abc } }`)
    expect(steps.map(({ request }) => request)).toMatchObject([
      { rawBody: 'a,b', headers: { 'content-type': 'text/csv' } },
      { rawBody: '[1,0]', headers: { 'content-type': 'application/json' } },
      { headers: { authorization: 'Basic abc' } },
    ])
    expect(steps[2]!.request).not.toHaveProperty('token')
  })

  it('ends where what later requests need is not to be had', () => {
    const requests = `- { name: a, get: /a, capture: { id: id } }\n- { name: b, get: "/b/\${id}" }`
    const missing = run(requests, { a: json({ other: 1 }) })
    expect(missing).toMatchObject({ failures: ['body'], result: { pages: 1 } })
    expect(run(requests, { a: { status: 0, failure: 'timeout' } })).toMatchObject({
      failures: ['timeout'],
      result: { pages: 1 },
    })
    expect(run(requests, { a: json({ id: null }) }).steps[1]!.request.path).toBe('/b/null')
  })

  it('goes on after a failure that nothing depends on', () => {
    expect(run('- { name: a, get: /a }\n- { name: b, get: /b }', { a: { status: 500 } })).toMatchObject({
      failures: ['500', null],
      result: { pages: 2 },
    })
  })
})

describe('expect', () => {
  it.each([
    ['{}', { status: 204 }, null],
    ['{}', { status: 302 }, null],
    ['{}', { status: 404 }, '404'],
    ['{ status: 404 }', { status: 404 }, null],
    ['{ status: 404 }', { status: 200 }, '200'],
    ['{ status: [201, 4xx] }', { status: 499 }, null],
    ['{ status: [201, 4xx] }', { status: 200 }, '200'],
    ['{ contains: yes }', { status: 200, text: 'oh yes' }, null],
    ['{ contains: yes }', { status: 200, text: 'no' }, 'body'],
    ['{ contains: yes }', { status: 0, failure: 'reset' }, 'reset'],
    ['{ json: { a.0: 1 } }', json({ a: [1] }), null],
    ['{ json: { a.0: 1 } }', json({ a: ['1'] }), null],
    ['{ json: { a.0: 1 } }', json({ a: [2] }), 'body'],
    ['{ json: { a: null } }', json({ a: null }), null],
    ['{ json: { a: true } }', json({ a: 'true' }), null],
    ['{ json: { a: { exists: true } } }', json({ a: null }), null],
    ['{ json: { a: { exists: true } } }', json({ b: 1 }), 'body'],
    ['{ json: { a: { exists: false } } }', json({ b: 1 }), null],
    ['{ json: { toString: { exists: false } } }', json({}), null],
    ['{ json: { a: { atLeast: 2, atMost: 3 } } }', json({ a: [1, 2] }), null],
    ['{ json: { a: { atLeast: 2 } } }', json({ a: 1.5 }), 'body'],
    ['{ json: { a: { atLeast: 2 } } }', json({ a: '3' }), null],
    ['{ json: { a: { atMost: 2 } } }', json({ a: 'long' }), 'body'],
    ['{ json: { a: { atLeast: 0 } } }', json({ a: {} }), 'body'],
    ['{ json: { a: { contains: x } } }', json({ a: ['y', 'x'] }), null],
    ['{ json: { a: { contains: x } } }', json({ a: 'y' }), 'body'],
    ['{ json: { a: { matches: "^\\\\d+$" } } }', json({ a: 12 }), null],
    ['{ json: { a: { matches: "^\\\\d+$" } } }', json({ a: 'b12' }), 'body'],
    ['{ headers: { X-Cache: HIT } }', { status: 200, headers: { 'x-cache': 'HIT' } }, null],
    ['{ headers: { X-Cache: { exists: true } } }', { status: 200, headers: {} }, 'body'],
  ] as [string, Reply, string | null][])('%s of %j fails as %j', (expected, reply, failure) => {
    expect(run(`- { name: a, get: /a, expect: ${expected} }`, { a: reply }).failures).toEqual([failure])
  })

  it('compares with what was captured', () => {
    const requests = `
- { name: a, get: /a, capture: { id: id } }
- { name: b, get: /b, expect: { json: { id: "\${id}" }, contains: "id \${id}" } }`
    const body = { id: 3, text: 'id 3' }
    expect(run(requests, { a: json({ id: 3 }), b: json(body) }).failures).toEqual([null, null])
    expect(run(requests, { a: json({ id: 4 }), b: json(body) }).failures).toEqual([null, 'body'])
  })
})

it('checks are told and fail nothing', () => {
  const requests = `
- name: a
  get: /a
  checks: { found: { status: 200 }, full: { json: { n: { atLeast: 2 } } }, any: { contains: zzz } }`
  expect(run(requests, { a: json({ n: 1 }) })).toMatchObject({
    failures: [null],
    checks: [
      ['found', true],
      ['full', false],
      ['any', false],
    ],
  })
  expect(run(requests, { a: { status: 0, failure: 'dns' } }).checks.map(([, passed]) => passed)).toEqual([
    false,
    false,
    false,
  ])
})

it('metrics are measured of replies that were hoped for', () => {
  const requests = `
- name: a
  get: /a
  metrics:
    size: { type: trend, json: size }
    text: { type: gauge, text: 'n=(\\d+)' }
    calls: { type: counter }
    ok: { type: rate, json: ok }
    hit: { type: rate, header: x-cache, equals: HIT }`
  const reply: Reply = {
    status: 200,
    body: { size: '2.5', ok: 0 },
    text: 'n=42',
    headers: { 'x-cache': 'HIT' },
  }
  expect(run(requests, { a: reply }).measured).toEqual([
    ['size', 2.5],
    ['text', 42],
    ['calls', 1],
    ['ok', 0],
    ['hit', 1],
  ])
  expect(run(requests, { a: json({}) }).measured).toEqual([
    ['size', Number.NaN],
    ['text', Number.NaN],
    ['calls', 1],
    ['ok', Number.NaN],
    ['hit', Number.NaN],
  ])
  expect(run(requests, { a: { status: 500 } }).measured).toEqual([])
})
