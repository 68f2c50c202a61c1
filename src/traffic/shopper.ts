/** A signed-in user: what they can do, what they remember, and the mistakes that they make. */
import {
  call,
  isAsExpected,
  type Json,
  type JsonObject,
  type Process,
  type Reply,
  type Request,
  uniformInteger,
  weightedIndex,
} from '../core/index.ts'
import type { Mistake, Product } from '../scenario/index.ts'
import type { SessionContext } from './session.ts'
import * as requests from './shop-requests.ts'

const BAD_TOKEN = 'not.a.token'

export class Shopper {
  readonly #context: SessionContext
  readonly #cart = new Map<string, number>()
  #token = ''
  #userId = 0
  ordered = false

  constructor(context: SessionContext) {
    this.#context = context
  }

  /** Different products in the cart. */
  get cartSize(): number {
    return this.#cart.size
  }

  /** Registers an account that is new, logs in, and finds the cart as it was left. */
  *signIn(): Process<boolean> {
    const { account, check } = this.#context
    const returning = account.registered
    if (!returning) {
      const reply = yield* call('register', requests.registerRequest(account))
      const known = reply.status === 409 // from an earlier run against this target
      if (!known && !isAsExpected(reply, 'success')) return false
      account.registered = true
    }
    const login = yield* call('login', requests.loginRequest(account))
    const body = objectOf(login.body)
    this.#token = typeof body.token === 'string' ? body.token : ''
    check('login gives a token', this.#token !== '')
    if (this.#token === '') return false
    this.#userId = Number(objectOf(body.user).id ?? 0)
    if (returning) yield* this.viewCart()
    return true
  }

  browse(): Process<unknown> {
    return this.#call('browse', requests.browseRequest(this.#pick(), this.#token))
  }

  search(): Process<unknown> {
    return this.#call('search', requests.searchRequest(this.#pick(), this.#token))
  }

  viewProduct(): Process<unknown> {
    if (this.makes('unknownSku')) {
      const sku = `NO-SUCH-SKU-${uniformInteger(this.#context.random, 1, 999)}`
      return call('product', requests.unknownProductRequest(sku, this.#token), 'refusal')
    }
    return this.#call('product', requests.productRequest(this.#pick(), this.#token))
  }

  viewProfile(): Process<unknown> {
    return this.#call('profile', requests.profileRequest(this.#userId, this.#token))
  }

  *viewCart(): Process<void> {
    const reply = yield* call('cartView', requests.cartRequest(this.#token))
    const { items } = objectOf(reply.body)
    if (!isAsExpected(reply, 'success') || !Array.isArray(items)) return
    this.#cart.clear()
    for (const item of items as JsonObject[]) this.#cart.set(String(item.productId), Number(item.quantity))
  }

  *addToCart(): Process<void> {
    const product = this.#pickNew()
    if (this.makes('invalidQuantity')) {
      yield* call('cartAdd', requests.cartAddRequest(product, -5, this.#token), 'refusal')
      return
    }
    const quantity = uniformInteger(this.#context.random, 1, 3)
    const reply = yield* this.#call('cartAdd', requests.cartAddRequest(product, quantity, this.#token))
    if (reply === undefined || !isAsExpected(reply, 'success')) return
    this.#cart.set(product.sku, (this.#cart.get(product.sku) ?? 0) + quantity)
    this.#context.check('the cart has what was added', cartHas(reply.body, product.sku))
  }

  *removeFromCart(): Process<void> {
    const sku = this.#cart.keys().next().value!
    const reply = yield* this.#call('cartRemove', requests.cartRemoveRequest(sku, this.#token))
    if (reply !== undefined && isAsExpected(reply, 'success')) this.#cart.delete(sku)
  }

  *order(): Process<void> {
    const { scenario, random, check } = this.#context
    const address = scenario.addresses[uniformInteger(random, 0, scenario.addresses.length - 1)]!
    if (this.makes('invalidAddress')) {
      yield* call('order', requests.orderRequest({ ...address, zipCode: 'INVALID' }, this.#token), 'refusal')
    }
    const reply = yield* call('order', requests.orderRequest(address, this.#token))
    if (!isAsExpected(reply, 'success')) return
    check('the order has a number', typeof objectOf(reply.body).orderNumber === 'string')
    this.ordered = true
    this.#cart.clear()
  }

  /** The mistake of ordering with an empty cart. */
  orderNothing(): Process<unknown> {
    return call('order', requests.orderRequest(this.#context.scenario.addresses[0]!, this.#token), 'refusal')
  }

  /** Whether the user makes this mistake now. Draws only where the behaviour has the mistake at all. */
  makes(mistake: Mistake): boolean {
    const rate = this.#context.behavior.mistakes[mistake]
    return rate !== undefined && this.#context.random() < rate
  }

  /** A call that may go wrong by a mistake with the token; undefined if it did, since nothing came of it then. */
  *#call(name: string, request: Request): Process<Reply | undefined> {
    const mistaken = this.#mistaken(request)
    // Not `yield* call(...)`: this is the way of nearly every request, and a generator less is felt.
    if (mistaken === undefined) return (yield { kind: 'call', name, request, expects: 'success' }) as Reply
    yield* call(name, mistaken, 'refusal')
    return undefined
  }

  #mistaken(request: Request): Request | undefined {
    if (this.makes('invalidToken')) return { ...request, token: BAD_TOKEN }
    if (!this.makes('missingToken')) return undefined
    const { token: _, ...anonymous } = request
    return anonymous
  }

  #pick(): Product {
    const { scenario, random, popularity } = this.#context
    return scenario.products[weightedIndex(random, popularity)]!
  }

  /** A product that is not in the cart yet, as long as there is one. */
  #pickNew(): Product {
    const { products } = this.#context.scenario
    const picked = this.#pick()
    if (!this.#cart.has(picked.sku)) return picked
    return products.find((product) => !this.#cart.has(product.sku)) ?? picked
  }
}

function objectOf(body: Json | undefined): JsonObject {
  return body !== null && typeof body === 'object' && !Array.isArray(body) ? (body as JsonObject) : {}
}

function cartHas(body: Json | undefined, sku: string): boolean {
  const { items } = objectOf(body)
  return Array.isArray(items) && (items as JsonObject[]).some((item) => item.productId === sku)
}
