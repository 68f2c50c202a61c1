import { expect, it } from 'vitest'
import { instanceIds, SERVICES } from '../../src/scenario/index.ts'
import { Shop } from '../../src/shop/index.ts'
import { MINIMAL } from '../scenario/scenario-files.ts'
import { scenarioOf, smallScenario } from './small-scenario.ts'

const request = { method: 'GET', service: 'cart-service', path: '/api/cart' } as const

it('has the replicas that the scenario asks for', () => {
  const shop = new Shop(
    scenarioOf(
      `${MINIMAL}\nshop: { services: { cart: { speeds: [1, 0.5, 2], workers: 3, queueLimit: 7 } } }`,
    ),
  )
  const replicas = shop.replicas['cart-service']
  expect(replicas.map(({ id }) => id)).toEqual(['cart-service-1', 'cart-service-2', 'cart-service-3'])
  expect(replicas.map(({ workers, queueLimit }) => [workers, queueLimit])).toEqual([
    [3, 7],
    [3, 7],
    [3, 7],
  ])
  const doneAt = replicas.map((replica) => {
    replica.arrive(1, 10, 0)
    return replica.nextEventAtMs()
  })
  expect(doneAt).toEqual([10, 20, 5])
  for (const service of SERVICES) {
    expect(shop.replicas[service].map(({ id }) => id)).toEqual(
      service === 'cart-service' ? replicas.map(({ id }) => id) : instanceIds(smallScenario, service),
    )
  }
})

it('scales the work of every endpoint', () => {
  const shop = new Shop(smallScenario)
  const heavy = new Shop({ ...smallScenario, shop: { ...smallScenario.shop, workScale: 3 } })
  expect(heavy.workMs(heavy.match(request), 5)).toBe(3 * shop.workMs(shop.match(request), 5))
})

it('has a route class and a small cost also for paths that nobody has', () => {
  const shop = new Shop(smallScenario)
  const match = shop.match({ ...request, path: '/nothing/here' })
  expect(match).toBeUndefined()
  expect(shop.routes.names[shop.routeOf(match)]).toBe('unknown')
  expect(shop.workMs(match, 1)).toBe(1)
  const host = { replica: shop.replicas['cart-service'][0]!, befall: () => {} }
  expect(shop.handle({ ...request, path: '/nothing/here' }, match, () => 0, host)).toMatchObject({
    status: 404,
  })
})
