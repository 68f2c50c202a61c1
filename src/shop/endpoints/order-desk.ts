/** What else can be asked about orders, and done with them. */
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { queryParameter } from '../query.ts'
import { ORDER_STATUSES, type OrderStatus } from '../state.ts'
import { BodyCheck } from './body-check.ts'
import { orderView, ownOrder } from './order.ts'
import { pageOf } from './page.ts'

const service = 'order-service'
const NUMBER = /^ORD-(\d{8,15})$/

function byNumber(asked: EndpointCall) {
  const { request, parameter, now } = asked
  const order = ownOrder(Number(NUMBER.exec(parameter)?.[1]), asked)
  return order === undefined
    ? refuse(404, `No order ${parameter}`, request, now())
    : answer(200, orderView(order))
}

/** The newest first. */
function page({ request, user, state, now }: EndpointCall) {
  const newest = (state.ordersByUser.get(user!.id) ?? []).toReversed()
  const found = pageOf(newest, request.path, orderView)
  return found === undefined ? refuse(400, 'No such page', request, now()) : answer(200, found)
}

/** Those of the caller. */
function ofStatus({ request, parameter, user, state, now }: EndpointCall) {
  if (!isOrderStatus(parameter)) return refuse(400, `No status ${parameter}`, request, now())
  const own = state.ordersByUser.get(user!.id) ?? []
  return answer(200, own.filter(({ status }) => status === parameter).map(orderView))
}

function setStatus(asked: EndpointCall) {
  const { request, parameter, now } = asked
  const body = new BodyCheck({ status: queryParameter(request.path, 'status') ?? null, ...request.body })
  const status = body.word('status', ORDER_STATUSES)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const order = ownOrder(Number(parameter), asked)
  if (order === undefined) return refuse(404, `No order ${parameter}`, request, now())
  order.status = status
  return answer(200, orderView(order))
}

function isOrderStatus(text: string): text is OrderStatus {
  return (ORDER_STATUSES as readonly string[]).includes(text)
}

export const orderDesk: readonly Endpoint[] = [
  {
    name: 'order.byNumber',
    service,
    method: 'GET',
    path: '/api/orders/number/:number',
    work: { meanMs: 8, sigma: 0.5 },
    handle: byNumber,
  },
  {
    name: 'order.page',
    service,
    method: 'GET',
    path: '/api/orders/user/paginated',
    work: { meanMs: 12, sigma: 0.5 },
    handle: page,
  },
  {
    name: 'order.ofStatus',
    service,
    method: 'GET',
    path: '/api/orders/status/:status',
    work: { meanMs: 12, sigma: 0.5 },
    handle: ofStatus,
  },
  {
    name: 'order.setStatus',
    service,
    method: 'PUT',
    path: '/api/orders/:id/status',
    work: { meanMs: 12, sigma: 0.5 },
    handle: setStatus,
  },
]
