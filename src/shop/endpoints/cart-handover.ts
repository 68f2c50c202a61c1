/** Where carts go: one is merged into another when a visitor turns out to be a customer, or becomes an order. */
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { queryParameter } from '../query.ts'
import { SESSION_ID } from '../request-headers.ts'
import type { Cart } from '../state.ts'
import { BodyCheck } from './body-check.ts'
import { cartView } from './cart.ts'

const service = 'cart-service'

/**
 * Takes over what lies in the cart of a session. Which session is said by a header, the query or the body: the facts
 * do not say where the predecessor looks.
 */
function merge({ request, user, state, now }: EndpointCall) {
  const sessionId =
    request.headers?.[SESSION_ID] ??
    queryParameter(request.path, 'sessionId') ??
    new BodyCheck(request.body).optionalText('sessionId')
  if (sessionId === '') return refuse(400, 'Name the session by X-Session-ID or sessionId', request, now())
  const own = state.carts.get(user!.id)
  const from = cartOfSession(state.carts.values(), sessionId, user!.id)
  if (own === undefined && from === undefined) return refuse(404, 'No cart', request, now())
  const cart = own ?? state.cartOf(user!.id, now())
  if (from !== undefined) {
    moveItems(from, cart)
    state.touchCart(from, now())
    state.touchCart(cart, now())
  }
  return answer(200, cartView(cart))
}

function cartOfSession(carts: Iterable<Cart>, sessionId: string, userId: number): Cart | undefined {
  for (const cart of carts) {
    if (cart.sessionId === sessionId && cart.userId !== userId) return cart
  }
  return undefined
}

function moveItems(from: Cart, to: Cart): void {
  for (const [sku, item] of from.items) {
    const known = to.items.get(sku)
    if (known === undefined) to.items.set(sku, item)
    else known.quantity += item.quantity
  }
  from.items.clear()
}

/** Shows the cart a last time and forgets it. */
function convert({ request, parameter, user, state, now }: EndpointCall) {
  const orderId = queryParameter(request.path, 'orderId') ?? ''
  if (orderId === '') return refuse(400, 'Name the order by ?orderId=', request, now())
  if (parameter !== String(user!.id) && !user!.isAdmin) return refuse(403, 'Not your cart', request, now())
  const userId = Number(parameter)
  const cart = state.carts.get(userId)
  if (cart === undefined) return refuse(404, 'No cart', request, now())
  state.carts.delete(userId)
  return answer(200, { ...cartView(cart), status: 'CONVERTED', orderId })
}

export const cartHandover: readonly Endpoint[] = [
  {
    name: 'cart.merge',
    service,
    method: 'POST',
    path: '/api/cart/merge',
    work: { meanMs: 15, sigma: 0.5 },
    handle: merge,
  },
  {
    name: 'cart.convert',
    service,
    method: 'POST',
    path: '/api/cart/:userId/convert-to-order',
    work: { meanMs: 10, sigma: 0.5 },
    handle: convert,
  },
]
