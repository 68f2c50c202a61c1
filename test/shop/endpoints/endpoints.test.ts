/** What holds for every endpoint of the list. */
import { describe, expect, it } from 'vitest'
import { SERVICES } from '../../../src/scenario/index.ts'
import { type Endpoint, endpoints, noInstance, overloaded } from '../../../src/shop/index.ts'
import { ShopDriver } from '../shop-driver.ts'

const named = (list: readonly Endpoint[]) => list.map((endpoint) => [endpoint.name, endpoint] as const)

describe('every endpoint', () => {
  it.each(named(endpoints))('%s has a name of its service and costs work', (name, { service, work }) => {
    expect(name).toMatch(new RegExp(`^${service.replace('-service', '')}\\.\\w+$`))
    expect(work.meanMs).toBeGreaterThan(0)
    expect(work.sigma).toBeGreaterThanOrEqual(0)
  })
})

describe('an endpoint that is not open', () => {
  it.each(named(endpoints.filter(({ open }) => open !== true)))(
    '%s answers 401 without a token',
    (_, endpoint) => {
      const { method, service, path } = endpoint
      const driver = new ShopDriver()
      driver.nowMs = 90_000
      const reply = driver.send({ method, service, path: path.replace(/:\w+/, '1') })
      expect(reply).toEqual({
        status: 401,
        body: {
          timestamp: '1970-01-01T00:01:30.000Z',
          status: 401,
          error: 'Unauthorized',
          message: 'Missing or invalid token',
          path: path.replace(/:\w+/, '1'),
        },
      })
    },
  )

  it('is any but registering, logging in, and what services say of themselves', () => {
    const open = endpoints.filter(({ open, path }) => open === true && !path.startsWith('/actuator/'))
    expect(open.map(({ name }) => name)).toEqual([
      'user.register',
      'user.login',
      'inventory.ownHealth',
      'order.ownHealth',
    ])
  })
})

it.each(SERVICES)('%s tells its health to everybody', (service) => {
  const reply = new ShopDriver().send({ method: 'GET', service, path: '/actuator/health' })
  expect(reply).toEqual({ status: 200, body: { status: 'UP' } })
})

describe('errors', () => {
  const shape = {
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    error: expect.any(String),
    message: expect.any(String),
  }

  it.each([
    ['no such route', 'GET', '/api/cart/coupons', undefined, 404],
    ['a body that is wrong', 'POST', '/api/cart/items', {}, 400],
    ['something that is not there', 'DELETE', '/api/cart/items/X', undefined, 404],
  ] as const)('have one shape: %s', (_, method, path, body, status) => {
    const driver = new ShopDriver()
    const reply = driver.ask(method, 'cart', path, driver.signIn('ada'), body)
    expect(reply.body).toMatchObject({ ...shape, status, path })
    expect(reply.status).toBe(status)
  })

  it('have it also when a replica is full; a balancer without instances only says so', () => {
    const request = { method: 'GET', service: 'cart-service', path: '/api/cart' } as const
    const reply = overloaded(request, 0)
    expect(reply.body).toMatchObject({ ...shape, status: 503, path: '/api/cart' })
    expect(noInstance('cart-service')).toEqual({
      status: 503,
      body: { error: 'No healthy instances available for service: cart-service' },
    })
  })
})
