/** A signed-in user: what they can do, what they remember, and the mistakes that they make. */
import {
  type CallStep,
  call,
  callStep,
  isAsExpected,
  type Json,
  type JsonObject,
  mistakenCallStep,
  type Process,
  type Reply,
  type Request,
  uniformInteger,
  weightedIndex,
} from '../core/index.ts'
import type { Mistake, Product } from '../scenario/index.ts'
import { type MistakeDraw, type MistakeDraws, mistakeDraws } from './mistake-draw.ts'
import { mistakenRequest } from './mistaken-request.ts'
import type { ShoppingContext } from './session.ts'
import * as requests from './shop-requests.ts'

export class Shopper {
  readonly #context: ShoppingContext
  readonly #mistakes: MistakeDraws
  /** Quantity by SKU. Made with the first product: most shoppers only look. */
  #cart: Map<string, number> | undefined
  #token = ''
  #userId = 0
  ordered = false

  constructor(context: ShoppingContext) {
    this.#context = context
    this.#mistakes = mistakeDraws(context.behavior.mistakes)
  }

  /** Different products in the cart. */
  get cartSize(): number {
    return this.#cart?.size ?? 0
  }

  /** Registers an account that is new, logs in, and finds the cart as it was left. */
  *signIn(): Process<boolean> {
    const { account } = this.#context
    const returning = account.registered
    if (!returning) {
      const request = requests.registerRequest(account)
      const mistake = this.#mistakes.register?.next(this.#context.random)
      if (mistake !== undefined) yield this.#err(mistake, 'register', request)
      const reply = yield* call('register', request)
      const known = reply.status === 409 // from an earlier run against this target
      if (!known && !isAsExpected(reply, 'success')) return false
      account.registered = true
    }
    const login = yield* call('login', requests.loginRequest(account))
    const body = objectOf(login.body)
    this.#token = typeof body.token === 'string' ? body.token : ''
    this.#context.check('login gives a token', this.#token !== '')
    if (this.#token === '') return false
    this.#userId = Number(objectOf(body.user).id ?? 0)
    if (returning) yield* this.viewCart()
    return true
  }

  browse(): CallStep {
    const request = requests.browseRequest(this.#pick(), this.#token)
    return this.#step('browse', request, this.#mistakes.browse)
  }

  search(): CallStep {
    const request = requests.searchRequest(this.#pick(), this.#token)
    return this.#step('search', request, this.#mistakes.signedIn)
  }

  viewProduct(): CallStep {
    const request = requests.productRequest(this.#pick(), this.#token)
    return this.#step('product', request, this.#mistakes.product)
  }

  viewProfile(): CallStep {
    const request = requests.profileRequest(this.#userId, this.#token)
    return this.#step('profile', request, this.#mistakes.signedIn)
  }

  *viewCart(): Process<void> {
    const reply = (yield callStep('cartView', requests.cartRequest(this.#token))) as Reply
    const { items } = objectOf(reply.body)
    if (!isAsExpected(reply, 'success') || !Array.isArray(items)) return
    this.#cart?.clear()
    for (const item of items as JsonObject[]) this.#keep(String(item.productId), Number(item.quantity))
  }

  *addToCart(): Process<void> {
    const product = this.#pickNew()
    const quantity = uniformInteger(this.#context.random, 1, 3)
    const request = requests.cartAddRequest(product, quantity, this.#token)
    const step = this.#step('cartAdd', request, this.#mistakes.cartAdd)
    const reply = (yield step) as Reply
    if (step.expects === 'refusal' || !isAsExpected(reply, 'success')) return
    this.#keep(product.sku, (this.#cart?.get(product.sku) ?? 0) + quantity)
    this.#context.check('the cart has what was added', cartHas(reply.body, product.sku))
  }

  *removeFromCart(): Process<void> {
    const sku = this.#cart!.keys().next().value!
    const request = requests.cartRemoveRequest(sku, this.#token)
    const step = this.#step('cartRemove', request, this.#mistakes.signedIn)
    const reply = (yield step) as Reply
    if (step.expects === 'success' && isAsExpected(reply, 'success')) this.#cart!.delete(sku)
  }

  *order(): Process<void> {
    const { scenario, random } = this.#context
    const address = scenario.addresses[uniformInteger(random, 0, scenario.addresses.length - 1)]!
    const request = requests.orderRequest(address, this.#token)
    const mistake = this.#mistakes.order?.next(random)
    if (mistake !== undefined) yield this.#err(mistake, 'order', request)
    const reply = yield* call('order', request)
    if (!isAsExpected(reply, 'success')) return
    this.#context.check('the order has a number', typeof objectOf(reply.body).orderNumber === 'string')
    this.ordered = true
    this.#cart?.clear()
  }

  #keep(sku: string, quantity: number): void {
    this.#cart ??= new Map()
    this.#cart.set(sku, quantity)
  }

  /** Orders with an empty cart, if the user makes that mistake now. */
  orderNothing(): CallStep | undefined {
    const mistake = this.#mistakes.emptyCart?.next(this.#context.random)
    if (mistake === undefined) return undefined
    return this.#err(
      mistake,
      'order',
      requests.orderRequest(this.#context.scenario.addresses[0]!, this.#token),
    )
  }

  /** A call in whose place one of the mistakes may be made; a refusal is expected of it then. */
  #step(name: string, request: Request, mistakes: MistakeDraw | undefined): CallStep {
    const mistake = mistakes?.next(this.#context.random)
    return mistake === undefined ? callStep(name, request) : this.#err(mistake, name, request)
  }

  #err(mistake: Mistake, name: string, right: Request): CallStep {
    const { random, scenario } = this.#context
    return mistakenCallStep(name, mistakenRequest(mistake, right, random, scenario.invalidInputs), mistake)
  }

  #pick(): Product {
    const { scenario, random, popularity } = this.#context
    return scenario.products[weightedIndex(random, popularity)]!
  }

  /** A product that is not in the cart yet, as long as there is one. */
  #pickNew(): Product {
    const { products } = this.#context.scenario
    const picked = this.#pick()
    const cart = this.#cart
    if (cart === undefined || !cart.has(picked.sku)) return picked
    return products.find((product) => !cart.has(product.sku)) ?? picked
  }
}

function objectOf(body: Json | undefined): JsonObject {
  return body !== null && typeof body === 'object' && !Array.isArray(body) ? (body as JsonObject) : {}
}

function cartHas(body: Json | undefined, sku: string): boolean {
  const { items } = objectOf(body)
  return Array.isArray(items) && (items as JsonObject[]).some((item) => item.productId === sku)
}
