import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { affinityOf } from '../../../src/worlds/balancer/affinity.ts'
import { QuickRequest } from '../../../src/worlds/balancer/quick-connection.ts'
import { routeClassifier, routeClassNames } from '../../../src/worlds/balancer/route-classes.ts'
import { behindPrefix, ServiceMatcher } from '../../../src/worlds/balancer/service-matcher.ts'

describe('whose a request is', () => {
  const matcher = new ServiceMatcher([
    { match: { path: '/', host: null } },
    { match: { path: '/cart', host: null } },
    { match: { path: '/cart/items/', host: null } },
    { match: { path: '/', host: 'Admin.example' } },
  ])

  it.each([
    ['shop.example', '/', 0],
    ['shop.example', '/carts', 0],
    ['shop.example', '/cart', 1],
    ['shop.example', '/cart?x', 1],
    ['shop.example', '/cart/', 1],
    ['shop.example', '/cart/items', 2],
    ['shop.example', '/cart/items/7', 2],
    ['shop.example', '/cart/itemsets', 1],
    ['admin.EXAMPLE:8080', '/cart', 3],
    ['', '/CART', 0],
  ])('at %s%s is decided by host, then by the longest prefix in whole segments', (host, path, service) => {
    expect(matcher.find(host, path)).toBe(service)
  })

  it('may be nobody', () => {
    expect(new ServiceMatcher([{ match: { path: '/proxy/a', host: null } }]).find('', '/proxy/b')).toBe(-1)
  })

  it.each([
    ['/proxy/cart/api', '/proxy/cart', '/api'],
    ['/proxy/cart', '/proxy/cart', '/'],
    ['/proxy/cart?x', '/proxy/cart/', '/?x'],
    ['/api', '/', '/api'],
  ])('and %s is behind %s as %s', (path, prefix, rest) => expect(behindPrefix(path, prefix)).toBe(rest))
})

describe('the class of a request', () => {
  const routes = [
    { name: 'add', method: 'POST', path: '/items' },
    { name: 'item', path: '/items/{id}' },
    { name: 'all', path: '/v1.0/**' },
  ]
  const classOf = routeClassifier(routes, 10, 99)

  it.each([
    ['POST', '/items', 10],
    ['GET', '/items', 99],
    ['GET', '/items/7?x=/y', 11],
    ['GET', '/items/7/8', 99],
    ['GET', '/v1.0/a/b', 12],
    ['GET', '/v1x0/a', 99],
  ])('%s %s is the first that fits', (method, path, route) => {
    expect(classOf(method, path)).toBe(route)
    expect(classOf(method, path)).toBe(route)
  })

  it('is named after its service', () => {
    const services = [
      { name: 'cart', routes },
      { name: 'user', routes: [] },
    ] as never
    expect(routeClassNames(services)).toEqual(['cart.add', 'cart.item', 'cart.all', 'unknown'])
  })
})

describe('what requests share', () => {
  const headers = { host: 'a', 'x-user-id': '7', cookie: 'a=1; session=abc=d; b=2' }
  const request = new QuickRequest({ method: 'GET', url: '/p?q', rawHeaders: [], headers, close: false }, {
    remoteAddress: '10.0.0.9',
  } as Socket)

  it.each([
    [{ by: 'path' } as const, '/p?q'],
    [{ by: 'client' } as const, '10.0.0.9'],
    [{ by: 'header', name: 'x-user-id' } as const, '7'],
    [{ by: 'header', name: 'x-none' } as const, '/p?q'],
    [{ by: 'cookie', name: 'session' } as const, 'abc=d'],
    [{ by: 'cookie', name: 'sess' } as const, '/p?q'],
  ])('by %j is %s', (config, shared) => expect(affinityOf(config, request, '/p?q')).toBe(shared))
})
