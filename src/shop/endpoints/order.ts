/**
 * The order service. Placing an order reads the cart and sends a notification before it answers; then, on the
 * side, a saga reserves every item, takes the payment, clears the cart and sends two notifications. All of it
 * goes through the balancer, so one order is a burst of routing decisions.
 */
import { call, type Json, type JsonObject, type Process, type Reply } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { isoTime } from '../iso-time.ts'
import type { CartItem, Order, OrderStatus, Payment } from '../state.ts'
import { BodyCheck } from './body-check.ts'

const service = 'order-service'
/** Orders of this status cannot be cancelled any more. */
const FINAL: readonly OrderStatus[] = ['SHIPPED', 'DELIVERED', 'CANCELLED']
const ZIP_CODE = /^\d{5}(-\d{4})?$/

export function orderView(order: Order): JsonObject {
  return {
    id: order.id,
    orderNumber: order.number,
    userId: String(order.userId),
    userEmail: order.email,
    items: order.items.map(({ productId, productName, price, quantity }) => ({
      productId,
      productName,
      price,
      quantity,
    })),
    totalAmount: order.totalAmount,
    totalItems: order.totalItems,
    status: order.status,
    paymentId: order.paymentId,
    paymentStatus: order.paymentStatus,
    // Validated, and then dropped: so it is in the predecessor.
    shippingAddress: null,
    notes: null,
    createdAt: isoTime(order.createdAtMs),
  }
}

function checkOrder(body: JsonObject | undefined): JsonObject | undefined {
  const check = new BodyCheck(body)
  // Absent items are another matter: see `place`.
  if (check.has('items')) check.list('items')
  check.shortText('notes', 500)
  check.object('shippingAddress', (address) => {
    for (const field of ['street', 'city', 'state', 'country']) address.text(field)
    address.matching('zipCode', ZIP_CODE, 'a zip code like 10001 or 10001-1234')
    address.optionalPhone('phone')
  })
  return check.errors
}

function notify(userId: number, token: string, type: string, title: string): Process<Reply> {
  const body = { userId: String(userId), type, title, message: title, channels: ['EMAIL'] }
  return call('order.notify', {
    method: 'POST',
    service: 'notification-service',
    path: '/api/notifications',
    token,
    body,
  })
}

function* place({ request, user, state, now }: EndpointCall): Process<Reply> {
  const errors = checkOrder(request.body)
  if (errors !== undefined) return refuse(400, 'Validation failed', request, now(), errors)
  if ((request.body!.items ?? null) === null)
    return refuse(500, 'items is null: send an empty list', request, now())
  const token = request.token!
  const cart = yield* call('order.readCart', {
    method: 'GET',
    service: 'cart-service',
    path: '/api/cart',
    token,
  })
  if (cart.status !== 200) return refuse(503, 'The cart service does not answer', request, now())
  const { items, totalAmount, totalItems } = cart.body as unknown as CartContents
  if (totalItems === 0) return refuse(400, 'The cart is empty', request, now())

  const id = state.nextId()
  const order: Order = {
    id,
    number: `ORD-${String(id).padStart(8, '0')}`,
    userId: user!.id,
    email: user!.email,
    items,
    totalAmount,
    totalItems,
    createdAtMs: now(),
    status: 'PENDING',
    paymentId: null,
    paymentStatus: null,
  }
  state.addOrder(order)
  yield* notify(order.userId, token, 'ORDER_CONFIRMATION', `We have received order ${order.number}`)
  yield { kind: 'spawn', process: fulfil(order, token) }
  return answer(201, orderView(order))
}

interface CartContents {
  readonly items: readonly CartItem[]
  readonly totalAmount: number
  readonly totalItems: number
}

/** The saga behind an order. A reservation or payment that fails cancels it. */
function* fulfil(order: Order, token: string): Process<void> {
  const send = (path: string, to: string, body: { [key: string]: Json }) =>
    call('order.fulfil', { method: 'POST', service: to, path, token, body })
  let reserved = true
  for (const item of order.items) {
    const reply = yield* send('/api/inventory/reserve', 'inventory-service', {
      orderId: order.number,
      productSku: item.productId,
      quantity: item.quantity,
    })
    reserved &&= reply.status === 201
  }
  const payment = yield* send('/api/payments', 'payment-service', {
    userId: String(order.userId),
    amount: order.totalAmount,
    orderId: order.id,
    currency: 'USD',
    paymentMethod: 'CREDIT_CARD',
  })
  let paid = false
  if (payment.status === 201) {
    const { paymentId, status } = payment.body as unknown as Pick<Payment, 'status'> & { paymentId: number }
    order.paymentId = paymentId
    order.paymentStatus = status
    paid = status === 'COMPLETED'
  }
  // The customer may have cancelled it meanwhile.
  if (order.status === 'PENDING') order.status = reserved && paid ? 'CONFIRMED' : 'CANCELLED'
  yield* call('order.clearCart', { method: 'DELETE', service: 'cart-service', path: '/api/cart', token })
  yield* notify(order.userId, token, 'PAYMENT', `Payment for ${order.number}: ${order.status}`)
  yield* notify(order.userId, token, 'ORDER_STATUS', `Order ${order.number} is ${order.status}`)
}

/** The order that the path names, if it is the caller's. */
export function ownOrder(id: number, { user, state }: EndpointCall): Order | undefined {
  const order = state.orders.get(id)
  return order !== undefined && (order.userId === user!.id || user!.isAdmin) ? order : undefined
}

function byId(asked: EndpointCall) {
  const { request, parameter, now } = asked
  const order = ownOrder(Number(parameter), asked)
  if (order === undefined) return refuse(404, `No order ${parameter}`, request, now())
  return answer(200, orderView(order))
}

/** A `reason` in the query is taken and, as in the predecessor, not shown again. */
function cancel(asked: EndpointCall) {
  const { request, parameter, now } = asked
  const order = ownOrder(Number(parameter), asked)
  if (order === undefined) return refuse(404, `No order ${parameter}`, request, now())
  if (FINAL.includes(order.status))
    return refuse(400, `Order ${parameter} is ${order.status}`, request, now())
  order.status = 'CANCELLED'
  return answer(200, orderView(order))
}

export const orderEndpoints: readonly Endpoint[] = [
  {
    name: 'order.place',
    service,
    method: 'POST',
    path: '/api/orders',
    work: { meanMs: 20, sigma: 0.5 },
    handle: place,
  },
  {
    name: 'order.list',
    service,
    method: 'GET',
    path: '/api/orders/user',
    work: { meanMs: 12, sigma: 0.5 },
    handle: ({ user, state }) => answer(200, (state.ordersByUser.get(user!.id) ?? []).map(orderView)),
  },
  {
    name: 'order.byId',
    service,
    method: 'GET',
    path: '/api/orders/:id',
    work: { meanMs: 8, sigma: 0.5 },
    handle: byId,
  },
  {
    name: 'order.cancel',
    service,
    method: 'POST',
    path: '/api/orders/:id/cancel',
    work: { meanMs: 12, sigma: 0.5 },
    handle: cancel,
  },
]
