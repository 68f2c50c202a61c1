/** The cart service. Adding an item looks the product up and checks its stock: two calls through the balancer. */
import { call, type JsonObject, type Process, type Reply } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { isoTime } from '../iso-time.ts'
import { SESSION_ID } from '../request-headers.ts'
import type { Cart } from '../state.ts'
import { BodyCheck } from './body-check.ts'
import { degradable } from './degradation.ts'

const service = 'cart-service'

export function cartTotal(cart: Cart): { amount: number; items: number } {
  let amount = 0
  let items = 0
  for (const item of cart.items.values()) {
    amount += item.price * item.quantity
    items += item.quantity
  }
  return { amount: Math.round(amount * 100) / 100, items }
}

/** Carts are shown far more often than changed. */
export function cartView(cart: Cart): JsonObject {
  return (cart.view ??= makeView(cart))
}

function makeView(cart: Cart): JsonObject {
  const total = cartTotal(cart)
  return {
    cartId: String(cart.id),
    userId: String(cart.userId),
    sessionId: cart.sessionId,
    items: [...cart.items.values()].map((item) => ({
      ...item,
      subtotal: Math.round(item.price * item.quantity * 100) / 100,
    })),
    totalAmount: total.amount,
    totalItems: total.items,
    status: 'ACTIVE',
    createdAt: cart.createdAt,
    updatedAt: cart.updatedAt,
  }
}

/** The cart of whoever asks, who may say in which session. */
function callersCart({ request, user, state, now }: EndpointCall): Cart {
  const cart = state.cartOf(user!.id, now())
  const sessionId = request.headers?.[SESSION_ID]
  if (sessionId !== undefined && sessionId !== cart.sessionId) {
    cart.sessionId = sessionId
    cart.view = undefined
  }
  return cart
}

function* addItem(asked: EndpointCall): Process<Reply> {
  const { request, state, now } = asked
  const body = new BodyCheck(request.body)
  const productId = body.text('productId')
  const productName = body.text('productName')
  const price = body.number('price', 0.01, 1e9)
  const quantity = body.integer('quantity', 1, 100)
  const productImage = body.optionalText('productImage')
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)

  const token = request.token!
  const sku = encodeURIComponent(productId)
  const lookUp = (path: string) =>
    call('cart.lookUp', { method: 'GET', service: 'inventory-service', path, token })
  const product = yield* lookUp(`/api/inventory/products/${sku}`)
  if (product.status === 404) return refuse(400, `Unknown product ${productId}`, request, now())
  if (product.status !== 200) return refuse(503, 'The inventory does not answer', request, now())
  const stock = yield* lookUp(`/api/inventory/product/${sku}`)
  if (stock.status !== 200 && stock.status !== 404)
    return refuse(503, 'The inventory does not answer', request, now())
  if (stock.status === 404 || (stock.body as { outOfStock: boolean }).outOfStock) {
    return refuse(400, `Out of stock: ${productId}`, request, now())
  }

  const cart = callersCart(asked)
  const item = cart.items.get(productId)
  if (item === undefined) {
    cart.items.set(productId, {
      productId,
      productName,
      productImage,
      price,
      quantity,
      addedAt: isoTime(now()),
    })
  } else item.quantity += quantity
  state.touchCart(cart, now())
  return answer(201, cartView(cart))
}

function updateItem({ request, user, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const productId = body.text('productId')
  const quantity = body.integer('quantity', 0, 100)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const cart = state.carts.get(user!.id)
  const item = cart?.items.get(productId)
  if (cart === undefined || item === undefined)
    return refuse(404, `Not in the cart: ${productId}`, request, now())
  if (quantity === 0) cart.items.delete(productId)
  else item.quantity = quantity
  state.touchCart(cart, now())
  return answer(200, cartView(cart))
}

function removeItem({ request, parameter, user, state, now }: EndpointCall) {
  const cart = state.carts.get(user!.id)
  if (cart === undefined || !cart.items.delete(parameter)) {
    return refuse(404, `Not in the cart: ${parameter}`, request, now())
  }
  state.touchCart(cart, now())
  return { status: 204 }
}

function clear({ request, user, state, now }: EndpointCall) {
  const cart = state.carts.get(user!.id)
  if (cart === undefined) return refuse(404, 'No cart', request, now())
  cart.items.clear()
  state.touchCart(cart, now())
  return { status: 204 }
}

function summary({ request, user, state, now }: EndpointCall) {
  const cart = state.carts.get(user!.id)
  if (cart === undefined) return refuse(404, 'No cart', request, now())
  const total = cartTotal(cart)
  return answer(200, { totalAmount: total.amount, totalItems: total.items })
}

export const cartEndpoints: readonly Endpoint[] = [
  {
    name: 'cart.view',
    service,
    method: 'GET',
    path: '/api/cart',
    work: { meanMs: 8, sigma: 0.5 },
    handle: degradable((asked) => answer(200, cartView(callersCart(asked)))),
  },
  {
    name: 'cart.add',
    service,
    method: 'POST',
    path: '/api/cart/items',
    work: { meanMs: 15, sigma: 0.5 },
    handle: degradable(addItem),
  },
  {
    name: 'cart.update',
    service,
    method: 'PUT',
    path: '/api/cart/items',
    work: { meanMs: 10, sigma: 0.5 },
    handle: updateItem,
  },
  {
    name: 'cart.remove',
    service,
    method: 'DELETE',
    path: '/api/cart/items/:sku',
    work: { meanMs: 10, sigma: 0.5 },
    handle: removeItem,
  },
  {
    name: 'cart.clear',
    service,
    method: 'DELETE',
    path: '/api/cart',
    work: { meanMs: 8, sigma: 0.5 },
    handle: clear,
  },
  {
    name: 'cart.summary',
    service,
    method: 'GET',
    path: '/api/cart/summary',
    work: { meanMs: 6, sigma: 0.5 },
    handle: summary,
  },
]
