/** HTTP/2, where both sides speak it. */
import { createSecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask, clientOf } from './ask.ts'
import { type Certificates, hasOpenssl, makeCertificates } from './certificates.ts'

describe.skipIf(!hasOpenssl)('HTTP/2', () => {
  let made: Certificates
  beforeAll(() => {
    made = makeCertificates()
  })
  afterAll(() => made.remove())
  const closers: (() => void)[] = []
  afterEach(() => {
    for (const close of closers.splice(0)) close()
  })

  async function secureServer() {
    const sessions: ServerHttp2Session[] = []
    let atOnce = 0
    let most = 0
    const server = createSecureServer(
      { key: made.pem('key.pem'), cert: made.pem('self.pem'), allowHTTP1: true },
      (request, response) => {
        most = Math.max(most, ++atOnce)
        setTimeout(() => {
          atOnce--
          response.setHeader('x-version', request.httpVersion)
          response.end(request.url)
        }, 20)
      },
    )
    server.on('session', (session) => sessions.push(session))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => {
      for (const session of sessions) session.destroy()
      server.close()
    })
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { origin, sessions, most: () => most }
  }
  const tls = { verify: false, caFile: null, certFile: null, keyFile: null, serverName: null }

  it('is spoken where both may, with as many streams as are pipelined', async () => {
    const server = await secureServer()
    const client = clientOf(server.origin, {
      connections: { per: 'pool', most: 1 },
      tls,
      http2: true,
      pipelining: 5,
    })
    await ask(client)
    const results = await Promise.all([1, 2, 3, 4, 5].map((i) => ask(client, { path: `/${i}` })))
    expect(results.map(({ body }) => body.toString())).toEqual(['/1', '/2', '/3', '/4', '/5'])
    expect(results[0]!.headers['x-version']).toBe('2.0')
    expect([server.sessions.length, server.most()]).toEqual([1, 5])
  })

  it('is not, where it is not asked for', async () => {
    const server = await secureServer()
    const result = await ask(clientOf(server.origin, { tls }))
    expect([result.headers['x-version'], server.sessions.length]).toEqual(['1.1', 0])
  })
})
