/** A server that goes away and comes back. */
import { once } from 'node:events'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { sendJson } from '../../../src/worlds/live/http-server.ts'
import { Listener } from '../../../src/worlds/live/listener.ts'

let listener: Listener
afterEach(() => listener.close())

async function raise(): Promise<void> {
  listener = new Listener((_, __, response) => sendJson(response, 200, {}))
  await listener.start()
}

/** Over a connection of its own: the status, or why there is none. */
const ask = (): Promise<number | string> =>
  new Promise((resolve) => {
    const request = get(`http://127.0.0.1:${listener.port}`, { agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode!))
    })
    request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code!))
  })

async function untilServed(): Promise<void> {
  while ((await ask()) !== 200) await delay(5)
}

it('refuses connections while it is away, and comes back where it was', async () => {
  await raise()
  const { port } = listener
  for (let i = 0; i < 3; i++) {
    expect(await ask()).toBe(200)
    listener.setOpen(false)
    await delay(0)
    expect(await ask()).toBe('ECONNREFUSED')
    listener.setOpen(true)
    await untilServed()
    expect(listener.port).toBe(port)
  }
})

it('cuts off who is connected', async () => {
  await raise()
  const socket = connect(listener.port, '127.0.0.1')
  await once(socket, 'connect')
  listener.setOpen(false)
  await once(socket, 'close')
})

it('comes back when its port, which somebody else has taken, is free again', async () => {
  await raise()
  const { port } = listener
  listener.setOpen(false)
  await delay(0)
  const other = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1')
  await once(other, 'listening')
  listener.setOpen(true)
  await delay(50)
  expect(await ask()).not.toBe(200)
  other.close()
  await untilServed()
})

it('is as it was told last, however quickly it was told', async () => {
  await raise()
  for (const open of [false, true, false, true]) listener.setOpen(open)
  await untilServed()
  for (const open of [false, true, false]) listener.setOpen(open)
  await delay(20)
  expect(await ask()).toBe('ECONNREFUSED')
})

it('can be closed while it waits for its port', async () => {
  await raise()
  listener.setOpen(false)
  await delay(0)
  const other = createServer().listen(listener.port, '127.0.0.1')
  await once(other, 'listening')
  listener.setOpen(true)
  await delay(30)
  await listener.close()
  other.close()
  await once(other, 'close')
  await delay(50)
  expect(await ask()).toBe('ECONNREFUSED')
})
