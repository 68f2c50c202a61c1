/** Heads of answers that would mean something else to the client than to the balancer. */
import { expect, it } from 'vitest'
import { hostileServer, reply } from '../live/hostile-server.ts'
import { raise } from './raised-balancer.ts'

it('a body in a coding that is not taken off is no answer: the client could not know of it', async () => {
  const upstream = await hostileServer((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
  )
  const { url, records, balancer } = await raise([upstream.origin])
  expect((await fetch(url)).status).toBe(502)
  await balancer.close()
  expect(records()[0].outcome.failure).toBe('framing')
})

it('what an instance says of the instance, a balancer perhaps, does not stand beside what we say', async () => {
  const upstream = await hostileServer((socket) =>
    socket.write(reply(200, '{}', 'x-loadgen-instance: another\r\n')),
  )
  const { url } = await raise([upstream.origin])
  expect((await fetch(url)).headers.get('x-loadgen-instance')).toBe('demo-1')
  const silent = await raise([upstream.origin], { headers: { instance: null } })
  expect((await fetch(silent.url)).headers.get('x-loadgen-instance')).toBe('another')
})
