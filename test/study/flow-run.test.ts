/** Flows from the file to the summary, in both worlds: what scripts send, expect, measure and are stopped by. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError } from '../../src/core/index.ts'
import { type FinishedRun, runScenario, SILENT_RUN } from '../../src/study/index.ts'
import { folderOf } from '../scenario/scenario-files.ts'
import { scenarioOf } from '../shop/small-scenario.ts'

function run(yaml: string, target?: string): Promise<FinishedRun> {
  return runScenario({
    loaded: { scenario: scenarioOf(yaml), warnings: [], source: { file: 'flow.yaml', dialect: 'native' } },
    ...(target === undefined ? {} : { target }),
    out: folderOf({ 'keep.txt': '' }),
    train: false,
    evaluate: false,
    jobs: 1,
    signal: new AbortController().signal,
    events: SILENT_RUN,
  })
}

interface Sent {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly type: string | undefined
  readonly body: string
}

/** A target that is no shop: it signs users in, has items, and is slow or silent where it is asked to be. */
async function api(): Promise<{ readonly url: string; readonly sent: readonly Sent[] }> {
  const sent: Sent[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      sent.push({ method, url, authorization: headers.authorization, type: headers['content-type'], body })
      answer(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent }
}

function answer({ url = '' }: IncomingMessage, response: ServerResponse, body: string): void {
  if (url === '/login') {
    const { user } = JSON.parse(body) as { user: number }
    response.setHeader('location', `/items/${user}?full=yes`)
    return void response.end(JSON.stringify({ token: `t${user}` }))
  }
  if (url.startsWith('/items/')) {
    response.setHeader('x-cache', 'HIT')
    return void response.end(JSON.stringify({ tags: ['a', 'b'], price: 2.5 }))
  }
  response.statusCode = 404
  response.end('nothing here')
}

const SCRIPT = `
name: scripted
description: A flow against a target of its own
world: live
phases:
  - { name: all, durationMinutes: 0.2, executor: { kind: per-user-iterations, users: 3, iterations: 2 }, behaviors: { smoke: 1 }, tags: { stage: early } }
behaviors:
  smoke:
    description: Signs in, follows a link, and meets two errors
    tags: { team: catalogue }
    requests:
      - name: login
        post: /login
        body: { user: "\${user}" }
        capture: { token: token, next: { header: location } }
      - name: item
        get: \${next}
        headers: { authorization: "Bearer \${token}" }
        tags: { kind: read }
        checks: { two tags: { json: { tags: { atLeast: 2 } } }, dear: { json: { price: { atLeast: 3 } } } }
        metrics: { price: { type: trend, json: price }, hits: { type: rate, header: x-cache, equals: HIT } }
      - { name: gone, patch: /gone, body: "a,b", headers: { content-type: text/csv }, expect: { status: 404, contains: here } }
      - { name: odd, get: /gone, expect: { status: 404, contains: somewhere else } }
thresholds:
  "errorRate{action:odd}": ">= 1"
  "requests{failure:body,stage:early}": ">= 6"
  "p99LatencyMs{kind:read}": < 5000
  "rate(hits)": ">= 1"
  "checkRate{check:dear}": "> 0.5"
`

it('a script runs against any target, and its tags, checks and metrics are in the summary', async () => {
  const { url, sent } = await api()
  const { summary } = await run(SCRIPT, url)
  const ofUser = sent.filter(
    ({ url, authorization }) => url.startsWith('/items/1') || authorization === 'Bearer t1',
  )
  expect(ofUser).toEqual(
    Array(2).fill({
      method: 'GET',
      url: '/items/1?full=yes',
      authorization: 'Bearer t1',
      type: undefined,
      body: '',
    }),
  )
  expect(sent.filter(({ method }) => method === 'PATCH')).toEqual(
    Array(6).fill({ method: 'PATCH', url: '/gone', authorization: undefined, type: 'text/csv', body: 'a,b' }),
  )
  expect(summary).toMatchObject({
    requests: 24,
    errorRate: 0.25,
    failures: { body: 6 },
    sessions: { started: 6, completed: 6, conversionRate: Number.NaN },
    checks: [
      { name: 'dear', passes: 0, fails: 6 },
      { name: 'two tags', passes: 6, fails: 0 },
    ],
    metrics: [
      { name: 'hits', count: 6, missing: 0, statistics: { rate: 1 } },
      { name: 'price', count: 6, statistics: { mean: 2.5, max: 2.5 } },
    ],
    abortedBy: null,
    stopped: null,
  })
  expect(summary.tags.map(({ tag, value, requests }) => `${tag} ${value} ${requests}`)).toEqual([
    'kind read 6',
    'stage early 24',
    'team catalogue 24',
  ])
  expect(summary.thresholds.map(({ metric, passed }) => `${metric} ${passed}`)).toEqual([
    'errorRate{action:odd} true',
    'requests{failure:body,stage:early} true',
    'p99LatencyMs{kind:read} true',
    'rate(hits) true',
    'checkRate{check:dear} false',
    'errorRate true',
  ])
})

describe('a run that a threshold ends', () => {
  const VIRTUAL = `
name: doomed
description: Every request is refused
phases:
  - { name: all, durationMinutes: 60, executor: { kind: constant-arrival-rate, sessionsPerSecond: 20 }, behaviors: { smoke: 1 } }
behaviors:
  smoke:
    description: Asks without a token
    requests: [{ name: ask, get: /api/cart, service: cart }]
thresholds:
  "errorRate{action:ask}": { limit: < 0.5, abortOnFail: true, abortAfterSeconds: 4 }
`

  it('ends at the same event every time in virtual time, with what it has', async () => {
    const [once, again] = [await run(VIRTUAL), await run(VIRTUAL)]
    const { summary } = once
    expect(summary.abortedBy).toMatchObject({ metric: 'errorRate{action:ask}', condition: '< 0.5', value: 1 })
    expect(summary.durationMs).toBeGreaterThanOrEqual(4000)
    expect(summary.durationMs).toBeLessThan(4200)
    expect(summary.stopped).toBe('errorRate{action:ask} < 0.5 did not hold after 4 s: it was 1')
    expect(summary.thresholds[0]).toMatchObject({ passed: false })
    expect(summary.requests).toBeGreaterThan(70)
    const bytes = (run: FinishedRun) => readFileSync(run.directory.requests, 'utf8')
    expect(bytes(once)).toBe(bytes(again))
    expect(bytes(once).split('\n')).toHaveLength(summary.requests + 1)
  })

  it('ends in good order on real sockets', async () => {
    const { url } = await api()
    const live = VIRTUAL.replace('phases:', 'world: live\nphases:')
      .replace('get: /api/cart, service: cart', 'get: /gone')
      .replace('abortAfterSeconds: 4', 'abortAfterSeconds: 0.2')
    const { summary } = await run(live, url)
    expect(summary.abortedBy).toMatchObject({ value: 1 })
    expect(summary.interrupted).toBe(false)
    expect(summary.durationMs).toBeLessThan(60_000)
    expect(summary.failures).toEqual({ 404: summary.requests })
  })
})

it('a flow of the target’s own paths is refused where there is no target', async () => {
  await expect(run(SCRIPT.replace('world: live', 'world: virtual'))).rejects.toThrow(ConfigError)
})
