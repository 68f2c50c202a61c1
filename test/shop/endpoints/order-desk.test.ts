import { beforeEach, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

const shippingAddress = { street: '1 Main St', city: 'Boston', state: 'MA', zipCode: '02110', country: 'US' }

let driver: ShopDriver
let token: string
let orders: JsonObject[]
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
  orders = [1, 2, 3].map((quantity) => {
    driver.addToCart(token, 'CASE-001', quantity)
    const order = bodyOf(driver.ask('POST', 'order', '/api/orders', token, { items: [], shippingAddress }))
    driver.settle()
    return order
  })
})

const get = (path: string, who = token) => driver.ask('GET', 'order', `/api/orders${path}`, who)
const put = (path: string, body?: JsonObject) => driver.ask('PUT', 'order', `/api/orders${path}`, token, body)
const idsOf = (list: unknown) => (list as JsonObject[]).map(({ id }) => id)

it('finds an order by its number, for its customer', () => {
  const { id, orderNumber } = orders[1]!
  expect(bodyOf(get(`/number/${orderNumber}`)).id).toBe(id)
  expect(get(`/number/${orderNumber}`, driver.signIn('eve')).status).toBe(404)
  for (const number of ['ORD-99999999', 'ORD-1', 'x', String(id)])
    expect(get(`/number/${number}`).status).toBe(404)
})

it('shows the orders of a customer in pages, the newest first', () => {
  const [first, second, third] = orders.map(({ id }) => id)
  const page = bodyOf(get('/user/paginated?page=0&size=2'))
  expect(idsOf(page.content)).toEqual([third, second])
  expect(page).toMatchObject({ totalElements: 3, totalPages: 2, first: true, last: false })
  expect(idsOf(bodyOf(get('/user/paginated?page=1&size=2')).content)).toEqual([first])
  expect(bodyOf(get('/user/paginated', driver.signIn('eve')))).toMatchObject({ content: [], empty: true })
  expect(get('/user/paginated?page=one').status).toBe(400)
})

it('changes the status of an order, and finds orders by it', () => {
  const [first, second] = orders.map(({ id }) => id)
  expect(put(`/${first}/status`, { status: 'SHIPPED' })).toMatchObject({
    status: 200,
    body: { status: 'SHIPPED' },
  })
  expect(put(`/${second}/status?status=DELIVERED`).status).toBe(200)
  expect(idsOf(get('/status/SHIPPED').body)).toEqual([first])
  expect(idsOf(get('/status/DELIVERED').body)).toEqual([second])
  expect(idsOf(get('/status/SHIPPED', driver.signIn('eve')).body)).toEqual([])
})

it('knows no other status, and no order of somebody else', () => {
  const { id } = orders[0]!
  expect(put(`/${id}/status`, { status: 'LOST' }).status).toBe(400)
  expect(put(`/${id}/status`).status).toBe(400)
  expect(put('/999/status', { status: 'SHIPPED' }).status).toBe(404)
  expect(get('/status/LOST').status).toBe(400)
})
