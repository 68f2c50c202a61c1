/** The way to an origin: what the environment says, and what proxies are asked for. */
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Connections } from '../../../../src/worlds/live/engine/connections.ts'
import { plainSettings } from '../../../../src/worlds/live/engine/plain-settings.ts'
import { type Environment, routeTo } from '../../../../src/worlds/live/engine/proxy.ts'
import { hostileServer, reply } from '../hostile-server.ts'
import { AskedExchange, ask, clientOf } from './ask.ts'

const PROXY = 'http://proxy:3128'

describe('the environment', () => {
  const wayTo = (url: string, environment: Environment, proxy = 'environment'): string => {
    const route = routeTo(new URL(url), proxy, environment)
    return route.kind === 'direct' ? 'direct' : `${route.kind} ${route.proxy.host}`
  }

  it.each<[string, Environment, string]>([
    ['http://shop/', {}, 'direct'],
    ['http://shop/', { http_proxy: PROXY }, 'whole proxy:3128'],
    ['http://shop/', { HTTP_PROXY: 'proxy:3128' }, 'whole proxy:3128'],
    ['http://shop/', { http_proxy: '', HTTP_PROXY: PROXY }, 'whole proxy:3128'],
    ['http://shop/', { https_proxy: PROXY }, 'direct'],
    ['https://shop/', { http_proxy: PROXY }, 'direct'],
    ['https://shop/', { https_proxy: PROXY }, 'tunnel proxy:3128'],
    ['http://shop/', { http_proxy: 'http://[' }, 'direct'],
    ['http://shop/', { http_proxy: PROXY, no_proxy: '*' }, 'direct'],
    ['http://shop/', { http_proxy: PROXY, no_proxy: 'other, shop' }, 'direct'],
    ['http://shop/', { http_proxy: PROXY, no_proxy: 'op' }, 'whole proxy:3128'],
    ['http://a.shop.example/', { http_proxy: PROXY, NO_PROXY: '.shop.example' }, 'direct'],
    ['http://a.shop.example/', { http_proxy: PROXY, NO_PROXY: 'shop.example:80' }, 'direct'],
    ['http://a.shop.example:81/', { http_proxy: PROXY, NO_PROXY: 'shop.example:80' }, 'whole proxy:3128'],
    ['https://a.shop.example/', { https_proxy: PROXY, NO_PROXY: '*.shop.example:443' }, 'direct'],
    ...[
      'http://localhost:1/',
      'http://127.0.0.1/',
      'http://127.9.9.9/',
      'http://[::1]:1/',
      'http://a.localhost/',
    ].map((url): [string, Environment, string] => [url, { http_proxy: PROXY }, 'direct']),
  ])('%s with %o: %s', (url, environment, expected) => {
    expect(wayTo(url, environment)).toBe(expected)
  })

  it('has no say where the scenario has', () => {
    expect(wayTo('http://shop/', { http_proxy: PROXY }, 'none')).toBe('direct')
    expect(wayTo('http://127.0.0.1/', {}, 'http://other:1/')).toBe('whole other:1')
  })

  it('may name a user of the proxy', () => {
    const route = routeTo(new URL('http://shop/'), 'environment', { http_proxy: 'http://me:a%40b@proxy' })
    expect(route).toMatchObject({ authorization: `Basic ${Buffer.from('me:a@b').toString('base64')}` })
  })
})

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** Answers itself what is asked whole, and passes on what it is asked to tunnel. */
async function proxyServer(allows = true) {
  const seen: { line: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers })
    response.end('by proxy')
  })
  server.on('connect', (request, socket) => {
    seen.push({ line: `CONNECT ${request.url}`, headers: request.headers })
    if (!allows) return socket.end('HTTP/1.1 407 Who are you\r\n\r\n')
    const { hostname, port } = new URL(`http://${request.url}`)
    const there = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      there.pipe(socket).pipe(there)
    })
    for (const end of [there, socket]) end.on('error', () => there.destroy())
    closers.push(() => there.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

describe('a proxy', () => {
  it('is asked for whole URLs, over one connection', async () => {
    const { url, seen } = await proxyServer()
    const client = clientOf('http://shop.invalid:81', { proxy: url, connections: { per: 'pool', most: 1 } })
    for (const path of ['/a?b', '/c']) expect((await ask(client, { path })).body.toString()).toBe('by proxy')
    expect(seen.map(({ line }) => line)).toEqual([
      'GET http://shop.invalid:81/a?b',
      'GET http://shop.invalid:81/c',
    ])
    expect(seen[0]!.headers.host).toBe('shop.invalid:81')
  })

  it('is told who asks, where the environment says so', async () => {
    const { url, seen } = await proxyServer()
    const environment = { http_proxy: url.replace('http://', 'http://me:secret@') }
    const settings = { ...plainSettings(1), proxy: 'environment' }
    const connections = new Connections(new URL('http://shop.invalid'), settings, environment)
    const exchange = new AskedExchange({
      path: `${connections.pathPrefix}/x`,
      headers: [...connections.headers],
    })
    connections.send(exchange)
    expect((await exchange.result).status).toBe(200)
    expect(seen[0]!.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('me:secret').toString('base64')}`,
    )
    await connections.close()
  })

  it('lends a tunnel to https, which ends in a failure of TLS where there is none', async () => {
    const { url, seen } = await proxyServer()
    const target = await hostileServer((socket) => socket.write(reply(200, '')))
    const client = clientOf(`https://127.0.0.1:${target.port}`, { proxy: url })
    expect((await ask(client)).failure).toBe('tls')
    expect(seen.map(({ line }) => line)).toEqual([`CONNECT 127.0.0.1:${target.port}`])
    expect(target.connections()).toBe(1)
  })

  it('that lends none is no connection', async () => {
    const { url } = await proxyServer(false)
    const { failure, failureDetail } = await ask(clientOf('https://shop.invalid', { proxy: url }))
    expect([failure, failureDetail]).toEqual(['connect', 'PROXY_407'])
  })

  it('that keeps silent is given up in time', async () => {
    const silent = await hostileServer(() => {})
    const settings = { proxy: silent.origin, connectTimeoutMs: 80 }
    const { failure, failureDetail } = await ask(clientOf('https://shop.invalid', settings))
    expect([failure, failureDetail]).toEqual(['connect', 'UND_ERR_CONNECT_TIMEOUT'])
  })
})
