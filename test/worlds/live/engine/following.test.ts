/** What the engine does of its own accord: redirects, cookies, codings, headers of all requests. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, clientOf } from './ask.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Seen {
  readonly request: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function serverOf(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      seen.push({ request: `${request.method} ${request.url}`, headers: request.headers, body })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const redirect = (status: number, location: string) => (request: IncomingMessage, response: ServerResponse) =>
  request.url === '/there' ? response.end('here') : response.writeHead(status, { location }).end('go')

describe('redirects', () => {
  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [302, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
    [302, 'HEAD', 'HEAD'],
    [303, 'HEAD', 'HEAD'],
  ])('%i of %s goes on as %s', async (status, method, next) => {
    const { origin, seen } = await serverOf(redirect(status, '/there'))
    const headers = ['content-type', 'text/plain', 'x-a', '1', 'authorization', 'Bearer t']
    const body = method === 'HEAD' ? null : 'question'
    const result = await ask(clientOf(origin, { redirects: 3 }), { method, path: '/a/b?c', headers, body })
    expect([result.status, result.body.toString()]).toEqual([200, method === 'HEAD' ? '' : 'here'])
    expect(seen.map(({ request }) => request)).toEqual([`${method} /a/b?c`, `${next} /there`])
    const kept = next === method && body !== null
    expect(seen[1]).toMatchObject({
      body: kept ? 'question' : '',
      headers: { 'x-a': '1', authorization: 'Bearer t' },
    })
    expect(seen[1]!.headers['content-type']).toBe(next === 'GET' ? undefined : 'text/plain')
  })

  it('are as many as may be followed; then the answer stands', async () => {
    const { origin, seen } = await serverOf((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end('on'),
    )
    const result = await ask(clientOf(origin, { redirects: 4 }))
    expect([result.status, result.body.toString(), seen.length]).toEqual([302, 'on', 5])
    expect((await ask(clientOf(origin))).status).toBe(302)
  })

  it('to another origin take no token and no cookie along', async () => {
    const other = await serverOf((_, response) => response.end('other'))
    const { origin } = await serverOf((_, response) =>
      response.writeHead(302, { location: `${other.origin}/x`, 'set-cookie': 'a=1' }).end(),
    )
    const client = clientOf(origin, { redirects: 1, cookies: true })
    const headers = ['authorization', 'Bearer secret', 'x-kept', 'yes']
    expect((await ask(client, { headers, user: client.newUser() })).body.toString()).toBe('other')
    const [{ headers: seen }] = other.seen as [Seen]
    // The same host on another port has the same cookies: RFC 6265, section 8.5.
    expect([seen.authorization, seen['x-kept'], seen.host]).toEqual([
      undefined,
      'yes',
      new URL(other.origin).host,
    ])
  })

  it('to another origin, and to a third one, take nothing along that the scenario adds for the first', async () => {
    const third = await serverOf((_, response) => response.end())
    const other = await serverOf((_, response) => response.writeHead(302, { location: third.origin }).end())
    const { origin, seen } = await serverOf((request, response) =>
      request.url === '/there'
        ? response.end()
        : response.writeHead(302, { location: request.url === '/' ? other.origin : '/there' }).end(),
    )
    const headers = { Authorization: 'Bearer secret', 'x-api-key': 'secret', host: 'shop.example' }
    const client = clientOf(origin, { redirects: 2, headers, acceptEncoding: ['gzip'] })
    for (const path of ['/', '/inside']) await ask(client, { path })
    const own = { authorization: 'Bearer secret', 'x-api-key': 'secret', host: 'shop.example' }
    expect(seen.map((request) => request.headers)).toMatchObject([own, own, own])
    for (const { headers } of [...other.seen, ...third.seen]) {
      expect(headers).toMatchObject({ 'accept-encoding': 'gzip', host: expect.stringMatching(/^127/) })
      expect(headers).not.toHaveProperty('authorization')
      expect(headers).not.toHaveProperty('x-api-key')
    }
    expect([other.seen.length, third.seen.length]).toEqual([1, 1])
  })

  it.each([
    ['nowhere', undefined],
    ['something else', 'ftp://host/'],
    ['what is no URL', 'http://['],
  ])('to %s are answers like any other', async (_, location) => {
    const { origin } = await serverOf((_request, response) =>
      response.writeHead(302, location === undefined ? {} : { location }).end(),
    )
    expect((await ask(clientOf(origin, { redirects: 5 }))).status).toBe(302)
  })

  it('to where nobody is fail as any request there', async () => {
    const { origin } = await serverOf(redirect(302, 'http://127.0.0.1:1/'))
    expect(await ask(clientOf(origin, { redirects: 5 }))).toMatchObject({ status: 0, failure: 'connect' })
  })
})

describe('cookies', () => {
  it('come back from the user that was told, and from nobody else, until the next session', async () => {
    const { origin, seen } = await serverOf((request, response) => {
      if (request.url === '/login') response.setHeader('set-cookie', ['id=7; Path=/', 'x=y; Path=/cart'])
      response.end()
    })
    const client = clientOf(origin, { cookies: true })
    const [one, other] = [client.newUser(), client.newUser()]
    for (const path of ['/login', '/', '/cart/1']) await ask(client, { path, user: one })
    await ask(client, { user: other })
    one.beginSession()
    await ask(client, { user: one })
    expect(seen.map(({ headers }) => headers.cookie)).toEqual([
      undefined,
      'id=7',
      'x=y; id=7',
      undefined,
      undefined,
    ])
  })

  it('that a redirect sets are sent where it leads', async () => {
    const { origin, seen } = await serverOf((request, response) =>
      request.url === '/there'
        ? response.end()
        : response.writeHead(302, { location: '/there', 'set-cookie': 'sid=1' }).end(),
    )
    const client = clientOf(origin, { cookies: true, redirects: 1 })
    await ask(client, { user: client.newUser() })
    expect(seen[1]!.headers.cookie).toBe('sid=1')
  })

  it('are kept by nobody where that is off', async () => {
    const { origin, seen } = await serverOf((_, response) => response.setHeader('set-cookie', 'a=1').end())
    const client = clientOf(origin)
    const user = client.newUser()
    await ask(client, { user })
    await ask(client, { user })
    expect(seen[1]!.headers.cookie).toBeUndefined()
  })
})

describe('bodies in a coding', () => {
  const text = 'a long text '.repeat(50)
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
    ['nobody-knows', Buffer.from(text)],
  ])('%s', async (coding, body) => {
    const { origin, seen } = await serverOf((_, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(body),
    )
    const result = await ask(clientOf(origin, { acceptEncoding: ['gzip', 'br'] }))
    expect(result.body.toString()).toBe(text)
    expect(seen[0]!.headers['accept-encoding']).toBe('gzip, br')
  })

  it('that grow beyond the bound are too large, and those that are broken are no answer', async () => {
    const answers: Record<string, Buffer> = {
      '/bomb': gzipSync(Buffer.alloc(20 * 1024 * 1024)),
      '/broken': Buffer.from('garbage'),
      '/cut': gzipSync(text).subarray(0, 20),
      '/nested': gzipSync('x'),
    }
    const { origin } = await serverOf((request, response) => {
      const coding = request.url === '/nested' ? 'gzip, gzip, gzip, gzip' : 'gzip'
      response.writeHead(200, { 'content-encoding': coding }).end(answers[request.url!])
    })
    const client = clientOf(origin)
    const of = async (path: string) => {
      const { status, failure, failureDetail } = await ask(client, { path })
      return [status, failure, failureDetail]
    }
    expect(await of('/bomb')).toEqual([0, 'too-large', 'ERR_BUFFER_TOO_LARGE'])
    expect(await of('/broken')).toEqual([0, 'framing', 'Z_DATA_ERROR'])
    expect(await of('/cut')).toEqual([0, 'framing', 'Z_BUF_ERROR'])
    expect(await of('/nested')).toEqual([0, 'framing', 'content-encoding'])
    // Nobody looks at it: then it does not matter what it would come to.
    expect((await ask(client, { path: '/bomb', keepsBody: false })).status).toBe(200)
  })
})

it('adds the headers of all requests, unless a request has its own', async () => {
  const { origin, seen } = await serverOf((_, response) => response.end())
  const client = clientOf(origin, {
    headers: { 'User-Agent': 'us', 'X-Team': 'a' },
    acceptEncoding: ['gzip'],
  })
  await ask(client, { headers: ['x-team', 'b'] })
  await ask(client)
  expect(seen[0]!.headers).toMatchObject({ 'user-agent': 'us', 'x-team': 'b', 'accept-encoding': 'gzip' })
  expect(seen[1]!.headers).toMatchObject({ 'user-agent': 'us', 'x-team': 'a' })
})
