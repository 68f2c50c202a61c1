import { describe, expect, it } from 'vitest'
import type { Method } from '../../src/core/index.ts'
import { endpoints, RouteTable, UNKNOWN_ROUTE } from '../../src/shop/index.ts'

const table = new RouteTable(endpoints)

function found(method: Method, service: string, path: string): string | undefined {
  return table.match(`${service}-service`, method, path)?.endpoint.name
}

describe('RouteTable', () => {
  it.each(endpoints.map((endpoint) => [endpoint.name, endpoint] as const))(
    'finds %s by its path',
    (_, endpoint) => {
      const match = table.match(endpoint.service, endpoint.method, endpoint.path.replace(/:\w+/, 'x1'))!
      expect(match.endpoint).toBe(endpoint)
      expect(table.names[match.route]).toBe(endpoint.name)
      expect(match.parameter).toBe(endpoint.path.includes(':') ? 'x1' : '')
    },
  )

  it('has a name of its own for every route class, and one for all that is unknown', () => {
    expect(new Set(table.names).size).toBe(endpoints.length + 1)
    expect(table.names.at(-1)).toBe(UNKNOWN_ROUTE)
  })

  it.each([
    ['GET', 'inventory', '/api/inventory/products/category/Audio', 'inventory.category'],
    ['GET', 'inventory', '/api/inventory/products/PHONE-001', 'inventory.product'],
    ['GET', 'inventory', '/api/inventory/product/PHONE-001', 'inventory.stock'],
    ['GET', 'order', '/api/orders/user', 'order.list'],
    ['GET', 'order', '/api/orders/17', 'order.byId'],
    ['POST', 'order', '/api/orders/17/cancel', 'order.cancel'],
    ['GET', 'user', '/api/users/me', 'user.me'],
    ['POST', 'payment', '/api/payments/process', 'payment.process'],
    ['GET', 'inventory', '/api/inventory/items/warehouse/US-EAST', 'inventory.warehouse'],
    ['GET', 'inventory', '/api/inventory', 'inventory.root'],
    ['GET', 'order', '/api/orders/user/paginated?page=0&size=5', 'order.page'],
    ['GET', 'order', '/api/orders/status/PENDING', 'order.ofStatus'],
    ['GET', 'order', '/api/orders/health', 'order.ownHealth'],
    ['GET', 'notification', '/api/notifications/stats', 'notification.stats'],
    ['POST', 'cart', '/api/cart/17/convert-to-order?orderId=3', 'cart.convert'],
  ] as const)('%s %s %s is %s', (method, service, path, name) => {
    expect(found(method, service, path)).toBe(name)
  })

  it.each([
    ['GET', 'order', '/api/orders/17/items', 'a path that goes on'],
    ['GET', 'inventory', '/api/inventory/product/', 'an empty parameter'],
    ['POST', 'order', '/api/orders//cancel', 'an empty parameter in the middle'],
    ['DELETE', 'order', '/api/orders', 'another method'],
    ['GET', 'cart', '/api/orders/user', 'another service'],
    ['GET', 'inventory', '/api/inventory/category/Audio', 'a category by itself'],
    ['GET', 'coupon', '/actuator/health', 'a service that is not there'],
  ] as const)('knows no %s %s %s: %s', (method, service, path, _) => {
    expect(found(method, service, path)).toBeUndefined()
  })

  it('ignores the query', () => {
    expect(found('GET', 'inventory', '/api/inventory/search?query=a/b')).toBe('inventory.search')
    expect(table.match('inventory-service', 'GET', '/api/inventory/product/A-1?x=/')!.parameter).toBe('A-1')
  })

  it.each([
    ['SKU%20one', 'SKU one'],
    ['a%2Fb', 'a/b'],
    ['100%25', '100%'],
    ['%E0%A4', '%E0%A4'],
    ['50%', '50%'],
  ])('reads the parameter %s as %s', (encoded, parameter) => {
    expect(table.match('inventory-service', 'GET', `/api/inventory/product/${encoded}`)!.parameter).toBe(
      parameter,
    )
  })
})
