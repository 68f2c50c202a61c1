import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { INSTANCE_WIDTH, instanceFeature } from '../../../src/routing/index.ts'
import { DESERTED, hostileServer, reply } from '../live/hostile-server.ts'
import { raise } from './raised-balancer.ts'

const INTERVAL_MS = 100
const report = { healthy: true, cpu: 0.25, memory: 0.5, queueDepth: 7 }
const health = {
  path: '/actuator/report',
  intervalMs: INTERVAL_MS,
  timeoutMs: INTERVAL_MS,
  rise: 1,
  fall: 1,
  statuses: [200],
  report: true,
}

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
    await hostileServer((socket) => socket.write(reply(200, '{"status": "UP"}'))),
    await hostileServer((socket) => socket.destroy()),
    await hostileServer(() => {}),
    { origin: DESERTED },
  ]
  const { router, balancer } = await raise(
    origins.map(({ origin }) => origin),
    { service: { health } },
  )
  const eligible = () => router.instances.map((instance) => instance.healthy)
  while (eligible().filter(Boolean).length > 1) await delay(10)
  expect(eligible()).toEqual([true, false, false, false, false, false, false])

  router.observe(0, 0)
  const row = (name: Parameters<typeof instanceFeature>[0], i: number) =>
    router.observation.instances[i * INSTANCE_WIDTH + instanceFeature(name)]
  expect([row('cpu', 0), row('memory', 0), row('queueDepth', 0)]).toEqual([0.25, 0.5, 7])
  expect([row('cpu', 1), row('memory', 5), row('queueDepth', 6)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ])
  expect(new Set(asked)).toEqual(new Set(['GET /actuator/report HTTP/1.1']))

  // It asks again and again, until it is stopped.
  answer = JSON.stringify({ ...report, healthy: false })
  while (eligible()[0]) await delay(10)
  await balancer.close()
  const count = asked.length
  await delay(2 * INTERVAL_MS)
  expect(asked).toHaveLength(count)
})

it('goes by the status alone where nothing else is agreed', async () => {
  let status = 204
  const upstream = await hostileServer((socket) =>
    socket.write(status === 204 ? 'HTTP/1.1 204 X\r\n\r\n' : reply(status, '')),
  )
  const plain = { ...health, statuses: [], report: false }
  const { router } = await raise([upstream.origin], { service: { health: plain } })
  await delay(2 * INTERVAL_MS)
  expect(router.instances[0]!.healthy).toBe(true)
  status = 404
  while (router.instances[0]!.healthy) await delay(10)
  status = 204
  while (!router.instances[0]!.healthy) await delay(10)
})

it('waits for as many checks in a row as agreed, out as well as back', async () => {
  const plan = 'xxuxxxuxuuu'
  // What has come of the checks before each.
  const healthy: boolean[] = []
  const upstream = await hostileServer((socket) => {
    const ill = plan[healthy.push(router.instances[0]!.healthy) - 1] === 'x'
    socket.write(reply(ill ? 500 : 200, ''))
  })
  const setting = { ...health, intervalMs: 40, rise: 2, fall: 3, report: false, statuses: [] }
  const { router } = await raise([upstream.origin], { service: { health: setting } })
  while (healthy.length < plan.length) await delay(5)
  expect(healthy.map((well) => (well ? 'u' : 'x')).join('')).toBe('uuuuuuxxxxu')
})

it('puts an instance out that fails several times in a row, until a check succeeds', async () => {
  let broken = true
  let checks = 0
  const upstream = await hostileServer((socket, request) => {
    if (request.startsWith('GET /well')) {
      checks++
      if (checks > 1 && broken) return void socket.destroy()
      socket.write(reply(200, ''))
    } else if (broken) socket.destroy()
    else socket.write(reply(200, '{}'))
  })
  const { router, url } = await raise([upstream.origin], {
    service: { health: { ...health, path: '/well', report: false, statuses: [] }, passiveFailures: 3 },
  })
  while (checks === 0) await delay(5)
  const statuses: number[] = []
  for (let i = 0; i < 4; i++) statuses.push((await fetch(url)).status)
  expect(statuses.at(-1)).toBe(503)
  expect(router.instances[0]!.healthy).toBe(false)
  broken = false
  while (!router.instances[0]!.healthy) await delay(10)
  expect((await fetch(url)).status).toBe(200)
})
