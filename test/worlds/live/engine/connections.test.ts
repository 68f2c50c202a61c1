/** How many connections there are, whose they are, and when one is used again: by the server's view. */
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { hostileServer, reply } from '../hostile-server.ts'
import { ask, begin, clientOf } from './ask.ts'

const pool = (most: number) => ({ connections: { per: 'pool' as const, most } })
const perUser = (most: number) => ({ connections: { per: 'user' as const, most } })

/** A server that answers when it is told to, in the order of the requests. */
async function heldServer() {
  const held: { socket: Socket; path: string }[] = []
  const server = await hostileServer((socket, request) => {
    for (const [, path] of request.matchAll(/^[A-Z]+ (\S+) HTTP/gm)) held.push({ socket, path: path! })
  })
  /** The oldest of those that wait, or that are to come. */
  const answer = async (): Promise<void> => {
    await vi.waitFor(() => expect(held).not.toHaveLength(0))
    const { socket, path } = held.shift()!
    socket.write(reply(200, path))
  }
  const holds = (paths: readonly string[]): Promise<void> =>
    vi.waitFor(() => expect(held.map(({ path }) => path).toSorted()).toEqual(paths))
  return { ...server, held, answer, holds }
}

/** Answers at once and tells by which connection each request came. */
async function tellingServer(headers = '') {
  const sockets: Socket[] = []
  const server = await hostileServer((socket) => {
    if (!sockets.includes(socket)) sockets.push(socket)
    socket.write(reply(200, String(sockets.indexOf(socket)), headers))
  })
  return { ...server, sockets }
}

describe('a pool', () => {
  it('has no more connections than it may; whoever waits is served in turn', async () => {
    const server = await heldServer()
    const client = clientOf(server.origin, pool(2))
    const order: string[] = []
    const exchanges = Array.from({ length: 5 }, (_, i) => {
      const exchange = begin(client, { path: `/${i}` })
      void exchange.result.then(({ body }) => order.push(body.toString()))
      return exchange
    })
    await server.holds(['/0', '/1'])
    await delay(20)
    expect(server.held).toHaveLength(2)
    expect(exchanges.map(({ events }) => events.includes('sent'))).toEqual([true, true, false, false, false])
    for (let i = 0; i < 5; i++) {
      await server.answer()
      await vi.waitFor(() => expect(order).toHaveLength(i + 1))
    }
    expect(order.map((path) => path.slice(1)).toSorted()).toEqual(['0', '1', '2', '3', '4'])
    expect(order.slice(2)).toEqual(['/2', '/3', '/4'])
    expect(server.connections()).toBe(2)
  })

  it('uses the connection that was used last', async () => {
    const server = await tellingServer()
    const client = clientOf(server.origin, pool(8))
    await Promise.all([1, 2, 3].map(() => ask(client)))
    for (let i = 0; i < 6; i++) await ask(client)
    expect(server.connections()).toBe(3)
    const numbers = new Set<string>()
    for (let i = 0; i < 4; i++) numbers.add((await ask(client)).body.toString())
    expect(numbers.size).toBe(1)
  })

  it('passes those by that were given up while they waited', async () => {
    const server = await heldServer()
    const client = clientOf(server.origin, pool(1))
    const [first, second, third] = [1, 2, 3].map((i) => begin(client, { path: `/${i}` })) as [
      ReturnType<typeof begin>,
      ReturnType<typeof begin>,
      ReturnType<typeof begin>,
    ]
    await server.holds(['/1'])
    second.end('timeout')
    await server.answer()
    expect((await first.result).status).toBe(200)
    await server.holds(['/3'])
    await server.answer()
    expect((await third.result).body.toString()).toBe('/3')
    expect(second.events).toEqual(['ended'])
    expect(server.connections()).toBe(1)
  })

  it.each([
    ['pool', undefined],
    ['user', 'somebody'],
  ] as const)(
    'opens no connection in place of one whose answer nobody waits for (per %s)',
    async (per, who) => {
      const server = await heldServer()
      const client = clientOf(server.origin, { connections: { per, most: 1 } })
      const user = who === undefined ? {} : { user: client.newUser() }
      const givenUp = begin(client, { path: '/1', ...user })
      await server.holds(['/1'])
      const next = begin(client, { path: '/2', ...user })
      givenUp.end('timeout')
      expect((await givenUp.result).failure).toBe('timeout')
      // The one that had to wait gets a connection of its own, and it is the only one.
      await server.holds(['/1', '/2'])
      expect(server.connections()).toBe(2)
      next.end('timeout')
      await next.result
      await delay(50)
      expect(server.connections()).toBe(2)
    },
  )

  it('keeps a connection after HEAD, DELETE with a body, 204 and 304', async () => {
    const server = await hostileServer((socket, request) => {
      if (request.startsWith('HEAD'))
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: keep-alive\r\n\r\n')
      else if (request.startsWith('GET /none')) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      else if (request.startsWith('GET /same')) socket.write('HTTP/1.1 304 Not Modified\r\netag: "1"\r\n\r\n')
      else socket.write(reply(200, 'x'))
    })
    const client = clientOf(server.origin, pool(1))
    for (const method of ['HEAD', 'HEAD', 'GET', 'OPTIONS', 'PATCH', 'DELETE'])
      expect(await ask(client, { method, body: method === 'DELETE' ? 'why' : null })).toMatchObject({
        status: 200,
      })
    expect((await ask(client, { path: '/none' })).status).toBe(204)
    expect((await ask(client, { path: '/same' })).status).toBe(304)
    expect(server.connections()).toBe(1)
  })

  it.each([
    ['keep-alive of 0', { keepAliveMs: 0 }, ''],
    ['an answer that says so', {}, 'connection: close\r\n'],
  ])('opens a new one after %s', async (_, settings, headers) => {
    const server = await tellingServer(headers)
    const client = clientOf(server.origin, { ...pool(1), ...settings })
    for (let i = 0; i < 3; i++) expect((await ask(client)).status).toBe(200)
    expect(server.connections()).toBe(3)
  })

  it('closes what has had nothing to do for long', async () => {
    const server = await tellingServer()
    const client = clientOf(server.origin, { ...pool(1), keepAliveMs: 50 })
    await ask(client)
    await new Promise((resolve) => server.sockets[0]!.once('close', resolve))
    await ask(client)
    expect(server.connections()).toBe(2)
  })

  it('pipelines what it may', async () => {
    const server = await heldServer()
    const client = clientOf(server.origin, { ...pool(1), pipelining: 3 })
    const results = [1, 2, 3, 4].map((i) => ask(client, { path: `/${i}` }))
    await server.holds(['/1', '/2', '/3'])
    for (let i = 0; i < 4; i++) await server.answer()
    expect((await Promise.all(results)).map(({ body }) => body.toString())).toEqual(['/1', '/2', '/3', '/4'])
    expect(server.connections()).toBe(1)
  })
})

describe('users with connections of their own', () => {
  it('meet on none', async () => {
    const server = await tellingServer()
    const client = clientOf(server.origin, perUser(8))
    const users = [client.newUser(), client.newUser(), client.newUser()]
    const seen: string[][] = []
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(users.map((user) => ask(client, { user })))
      seen.push(answers.map(({ body }) => body.toString()))
    }
    expect(server.connections()).toBe(3)
    expect(new Set(seen[0]).size).toBe(3)
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })

  it('have a second one for a second request at the same time', async () => {
    const server = await heldServer()
    const client = clientOf(server.origin, perUser(8))
    const user = client.newUser()
    const results = [ask(client, { user }), ask(client, { user })]
    await server.holds(['/', '/'])
    await server.answer()
    await server.answer()
    await Promise.all(results)
    expect(server.connections()).toBe(2)
  })

  it('lose the one unused for the longest time where there may be no more', async () => {
    const server = await tellingServer()
    const client = clientOf(server.origin, perUser(2))
    const [a, b, c] = [client.newUser(), client.newUser(), client.newUser()]
    const by = async (user: typeof a) => (await ask(client, { user })).body.toString()
    expect([await by(a), await by(b)]).toEqual(['0', '1'])
    expect(await by(a)).toBe('0')
    expect(await by(c)).toBe('2')
    // b was: a keeps its own.
    await vi.waitFor(() =>
      expect(server.sockets.map(({ destroyed }) => destroyed)).toEqual([false, true, false]),
    )
    expect([await by(a), await by(b)]).toEqual(['0', '3'])
  })

  it('wait where all are busy', async () => {
    const server = await heldServer()
    const client = clientOf(server.origin, perUser(1))
    const [a, b] = [client.newUser(), client.newUser()]
    const results = [ask(client, { user: a, path: '/a' }), ask(client, { user: b, path: '/b' })]
    await server.holds(['/a'])
    await server.answer()
    await results[0]
    await server.holds(['/b'])
    await server.answer()
    expect((await results[1])!.body.toString()).toBe('/b')
    expect(server.connections()).toBe(2)
  })
})
