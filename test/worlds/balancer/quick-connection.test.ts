/** Connections of plain requests, served without `node:http`: what a client can do to them beside asking. */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { hostileServer, reply } from '../live/hostile-server.ts'
import { raise, rawAsk } from './raised-balancer.ts'

const GET = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n'
const WITH_LENGTH = 'GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await new Promise((resolve) => socket.on('connect', resolve))
  return socket
}

describe('a client that asks', () => {
  it('and does not read is not served for ever: answers do not pile up', async () => {
    let asked = 0
    const upstream = await hostileServer((socket) => {
      asked++
      socket.write(reply(200, 'a'.repeat(60_000)))
    })
    const { port } = await raise([upstream.origin], { limits: { waitingPerInstance: 1_000 } })
    const socket = (await connected(port)).setNoDelay().pause()
    // More than the system takes for both ends of a connection.
    const requests = 800
    for (let i = 0; i < requests; i++) {
      socket.write(GET)
      const before = asked
      for (let waits = 0; asked === before && waits < 5; waits++) await delay(1)
    }
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(requests - 100)
    // What has been asked is not lost.
    let bytes = 0
    socket.on('data', (data) => (bytes += data.length)).resume()
    while (bytes < requests * 60_000) await delay(10)
    expect(asked).toBe(requests)
    socket.destroy()
  }, 60_000)

  it('half of a request, and the rest later, gets its answer', async () => {
    const upstream = await hostileServer((socket) => socket.write(reply(200, '{}')))
    const { port } = await raise([upstream.origin])
    const socket = await connected(port)
    let heard = ''
    socket.on('data', (data) => (heard += data.toString('latin1')))
    for (const part of [GET, GET.slice(0, 20), GET.slice(20) + GET.slice(0, 3), GET.slice(3)]) {
      socket.write(part)
      await delay(30)
    }
    expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(3)
    socket.destroy()
  })

  it('and sends no more gets its answer', async () => {
    const upstream = await hostileServer((socket) => socket.write(reply(200, '{}')))
    const { port } = await raise([upstream.origin])
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    let heard = ''
    socket.on('data', (data) => (heard += data.toString('latin1')))
    socket.end(GET)
    await new Promise((resolve) => socket.on('close', resolve))
    expect(heard).toMatch(/^HTTP\/1\.1 200 /)
  })
})

it('a client that says nothing at all has no more time than for a head', async () => {
  const { port } = await raise(['http://127.0.0.1:1'], { timeouts: { headersMs: 200, idleMs: 20_000 } })
  expect(await rawAsk(port, '', 5_000)).toBe('')
  const socket = await connected(port)
  const closed = new Promise((resolve) => socket.on('close', () => resolve('closed')))
  expect(await Promise.race([closed, delay(5_000, 'open')])).toBe('closed')
})

describe('told to end', () => {
  it.each([
    ['quick', GET],
    ['node:http', WITH_LENGTH],
  ])('an idle %s connection gets the answer to what it asks just then', async (_, request) => {
    const upstream = await hostileServer((socket) => socket.write(reply(200, '{}')))
    const { port, balancer } = await raise([upstream.origin])
    const socket = await connected(port)
    let heard = ''
    socket.on('data', (data) => (heard += data.toString('latin1')))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.write(request)
    while (heard === '') await delay(5)
    // It cannot know yet.
    const drained = balancer.drain(5_000)
    socket.write(request)
    await closed
    expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
    expect(heard.match(/^connection: close/gim)).toHaveLength(1)
    await drained
  })

  it.each([
    ['quick', GET],
    ['node:http', WITH_LENGTH],
  ])(
    'a %s connection whose answer had begun is closed after it, not when patience ends',
    async (_, request) => {
      let finish = (): void => {}
      const upstream = await hostileServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab')
        finish = () => void socket.write('cd')
      })
      const { port, balancer } = await raise([upstream.origin])
      const socket = await connected(port)
      let heard = ''
      socket.on('data', (data) => (heard += data.toString('latin1')))
      socket.write(request)
      while (!heard.endsWith('ab')) await delay(5)
      const drained = balancer.drain(15_000)
      finish()
      const late = delay(8_000, 'late', { ref: false })
      expect(await Promise.race([drained, late])).toBe(undefined)
      expect(heard).toMatch(/abcd$/)
    },
  )
})
