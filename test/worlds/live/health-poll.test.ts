import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { INSTANCE_WIDTH, instanceFeature, policyFactory, ServiceRouter } from '../../../src/routing/index.ts'
import { HttpClient } from '../../../src/worlds/index.ts'
import { HealthPoll } from '../../../src/worlds/live/health-poll.ts'
import { DESERTED, hostileServer, reply } from './hostile-server.ts'

const POLL_MS = 100
const report = { healthy: true, cpu: 0.25, memory: 0.5, queueDepth: 7 }

it('believes what replicas say of themselves, and takes any that does not answer well for ill', async () => {
  let answer = JSON.stringify(report)
  const asked: string[] = []
  const origins = [
    await hostileServer((socket, request) => {
      asked.push(request.split('\r\n')[0]!)
      socket.write(reply(200, answer))
    }),
    await hostileServer((socket) => socket.write(reply(500, JSON.stringify(report)))),
    await hostileServer((socket) => socket.write(reply(200, 'not JSON'))),
    await hostileServer((socket) => socket.destroy()),
    await hostileServer(() => {}),
    { origin: DESERTED },
  ]
  const clients = origins.map(({ origin }) => new HttpClient(origin, 1))
  const router = new ServiceRouter({
    service: 'cart-service',
    instances: clients.map((_, i) => `cart-${i}`),
    policy: policyFactory('random')('cart-service'),
    random: new RandomStreams(1).stream('policy'),
  })
  const eligible = () => router.instances.map((instance) => instance.healthy)
  const poll = new HealthPoll([router], [clients], POLL_MS, () => 0)
  poll.start()
  while (eligible().filter(Boolean).length > 1) await delay(10)
  expect(eligible()).toEqual([true, false, false, false, false, false])

  router.observe(0, 0)
  const row = (name: Parameters<typeof instanceFeature>[0], i: number) =>
    router.observation.instances[i * INSTANCE_WIDTH + instanceFeature(name)]
  expect([row('cpu', 0), row('memory', 0), row('queueDepth', 0)]).toEqual([0.25, 0.5, 7])
  expect([row('cpu', 1), row('memory', 4), row('queueDepth', 5)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ])
  expect(new Set(asked)).toEqual(new Set(['GET /actuator/report HTTP/1.1']))

  // It asks again and again, until it is stopped.
  answer = JSON.stringify({ ...report, healthy: false })
  while (eligible()[0]) await delay(10)
  poll.stop()
  await delay(POLL_MS)
  const count = asked.length
  await delay(2 * POLL_MS)
  expect(asked).toHaveLength(count)
  await Promise.all(clients.map((client) => client.close()))
})
