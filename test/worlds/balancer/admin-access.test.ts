/** What the admin API says to nonsense, and who may use it. */
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningAdminServer, startAdminServer } from '../../../src/worlds/balancer/admin-server.ts'
import { type Answer, type Asked, ask } from './admin-client.ts'
import { SmallControl } from './small-control.ts'

let control: SmallControl
let server: RunningAdminServer
const admin = (what: string, asked?: Asked): Promise<Answer> => ask(server.url, what, asked)
const policies = (): string[] => control.services.map(({ policy, router }) => `${policy} ${router.policy.id}`)

beforeEach(async () => {
  control = new SmallControl()
  server = await startAdminServer({ control, port: 0 })
})
afterEach(() => server.close())

describe('what is not there', () => {
  it('a path: 404 with all routes', async () => {
    const { status, json } = await admin('GET /api/v1/servises')
    expect(status).toBe(404)
    expect(json.error).toBe('nothing at /api/v1/servises (did you mean "/api/v1/services"?)')
    expect(json.routes).toContain('PUT /api/v1/services/{service}/policy')
  })

  it('a service: 404 with the nearest', async () => {
    const { status, json } = await admin('GET /api/v1/services/card')
    expect([status, json.error]).toEqual([
      404,
      'no service "card" (did you mean "cart"?): there is cart, order',
    ])
  })

  it.each([
    ['DELETE /metrics', 'GET'],
    ['POST /api/v1/services/cart', 'GET'],
    ['GET /api/v1/policy', 'PUT'],
    ['PATCH /api/v1/services/cart/instances', 'POST'],
  ])('%s: 405, and what there is', async (what, allow) => {
    const { status, headers, json } = await admin(what)
    expect([status, headers.allow]).toEqual([405, allow])
    expect(json.error).toContain(allow)
  })

  it('HEAD is GET without a body', async () => {
    const [head, get] = [await admin('HEAD /healthz'), await admin('GET /healthz')]
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  })

  it('an odd path is no crash', async () => {
    expect((await admin('GET /api/v1/services/%E0%A4%A')).status).toBe(400)
    expect((await admin('GET //')).status).toBe(404)
    expect((await admin('GET /api/v1/services/__proto__')).status).toBe(404)
    expect(await raw('GET http://x/y HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404 /,
    )
    expect(await raw('OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404 /,
    )
  })
})

describe('a body', () => {
  it('that is too large is refused, and the connection with it', async () => {
    const body = JSON.stringify({ policy: 'x'.repeat(100_000) })
    const length = `Content-Length: ${body.length}\r\n`
    const head = `PUT /api/v1/policy HTTP/1.1\r\nHost: 127.0.0.1\r\n${length}\r\n`
    const answer = await raw(head + body)
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(answer.toLowerCase()).toContain('connection: close')
  })

  it('that nests a policy for ever is refused', async () => {
    const policy = `${'epsilon-greedy('.repeat(3500)}random${')'.repeat(3500)}`
    const { status, json } = await admin('PUT /api/v1/policy', { body: { policy } })
    expect([status, json.error]).toEqual([400, 'policy: expected at most 4096 characters, got 56006'])
    expect(policies()).toEqual(['round-robin round-robin', 'round-robin round-robin'])
  })

  it('that ends too early is nobody else’s trouble', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write('PUT /api/v1/policy HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n{"pol')
    await new Promise<void>((resolve) => socket.end(resolve))
    expect((await admin('GET /healthz')).status).toBe(200)
    expect(policies()).toEqual(['round-robin round-robin', 'round-robin round-robin'])
  })

  it('headers that are too large are refused', async () => {
    const answer = await raw(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
  })
})

describe('who may use it', () => {
  const token = 'correct-horse-battery-staple'
  const bearer = (text: string) => ({ headers: { authorization: text } })

  it.each(['0.0.0.0', '::', '192.168.1.5', 'example.org'])('not on %s without a token', async (host) => {
    await expect(startAdminServer({ control, host, port: 0 })).rejects.toThrow(
      /admin.listen: .* set admin.token/,
    )
  })

  it.each(['short', 'with a blank in its middle', ''])('not with the token "%s"', async (bad) => {
    await expect(startAdminServer({ control, port: 0, token: bad })).rejects.toThrow(/admin.token: expected/)
  })

  it('with a token: every route wants it, the unknown ones too', async () => {
    const guarded = await startAdminServer({ control, host: '0.0.0.0', port: 0, token })
    const url = `http://127.0.0.1:${guarded.port}`
    for (const what of [
      'GET /healthz',
      'GET /metrics',
      'POST /rl/reload',
      'GET /nothing',
      'PUT /api/v1/policy',
    ]) {
      const without = await ask(url, what)
      expect([what, without.status, without.headers['www-authenticate']]).toEqual([
        what,
        401,
        'Bearer realm="loadgen"',
      ])
      const wrong = await ask(url, what, bearer(`Bearer ${token}x`))
      expect(wrong).toMatchObject({ status: 401, json: { error: expect.stringMatching(/not the token/) } })
      expect((await ask(url, what, bearer(`Basic ${token}`))).status).toBe(401)
    }
    expect((await ask(url, 'GET /healthz', bearer(`Bearer ${token}`))).status).toBe(200)
    expect((await ask(url, 'GET /nothing', bearer(`bearer ${token}`))).status).toBe(404)
    await guarded.close()
  })

  it('without one, no name that merely points to this machine', async () => {
    const rebound = { headers: { host: `evil.example:${server.port}` } }
    expect((await admin('GET /healthz', rebound)).status).toBe(403)
    expect((await admin('GET /healthz', { headers: { host: `localhost:${server.port}` } })).status).toBe(200)
  })

  it('no web page of somewhere else may change anything', async () => {
    const foreign = { body: { policy: 'random' }, headers: { origin: 'https://evil.example' } }
    expect((await admin('PUT /api/v1/policy', foreign)).status).toBe(403)
    expect((await admin('POST /api/benchmark/switch?algorithm=random', foreign)).status).toBe(403)
    expect(control.services[0]!.policy).toBe('round-robin')
    const own = { body: { policy: 'random' }, headers: { origin: server.url } }
    expect((await admin('PUT /api/v1/policy', own)).status).toBe(200)
  })

  it('a port that is taken is said', async () => {
    await expect(startAdminServer({ control, port: server.port })).rejects.toThrow(/in use.*admin.listen/)
  })
})

/** Sends bytes as they are and returns all that comes back until the other side ends. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('close', () => resolve(answer))
    socket.on('error', (error) => (answer === '' ? reject(error) : undefined))
    socket.write(bytes)
  })
}
