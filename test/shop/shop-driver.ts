/**
 * The smallest world that a shop can live in: carries out the calls of its endpoints against the same shop, at
 * once and without a queue. What an endpoint spawns waits until `settle`.
 */
import type { JsonObject, Method, Process, Reply, Request } from '../../src/core/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { isReply, Shop } from '../../src/shop/index.ts'
import { smallScenario } from './small-scenario.ts'

/** A call that an endpoint made, and what came of it. */
export interface InnerCall {
  readonly name: string
  readonly request: Request
  readonly reply: Reply
}

export class ShopDriver {
  readonly shop: Shop
  nowMs = 0
  /** Made by endpoints so far, in order. */
  readonly innerCalls: InnerCall[] = []
  readonly #spawned: Process<void>[] = []

  constructor(scenario: Scenario = smallScenario) {
    this.shop = new Shop(scenario)
  }

  send(request: Request): Reply {
    const result = this.shop.handle(request, this.shop.match(request), () => this.nowMs)
    return isReply(result) ? result : this.#run(result)
  }

  /** `send` for short: `service` without its `-service`. */
  ask(method: Method, service: string, path: string, token?: string, body?: JsonObject): Reply {
    return this.send({
      method,
      service: `${service}-service`,
      path,
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body }),
    })
  }

  /** Carries out what endpoints have spawned. */
  settle(): void {
    for (let next = this.#spawned.shift(); next !== undefined; next = this.#spawned.shift()) this.#run(next)
  }

  /** Registers a customer and returns the token of their login. */
  signIn(name: string): string {
    const credentials = { email: `${name}@shop.example`, password: 'secret-password' }
    this.ask('POST', 'user', '/api/users/register', undefined, {
      ...credentials,
      firstName: name,
      lastName: 'Test',
    })
    return bodyOf(this.ask('POST', 'user', '/api/users/login', undefined, credentials)).token as string
  }

  /** Puts a product of the catalogue into the cart. */
  addToCart(token: string, productId: string, quantity: number, price = 10): Reply {
    const body = { productId, productName: productId, price, quantity }
    return this.ask('POST', 'cart', '/api/cart/items', token, body)
  }

  #run<Result>(process: Process<Result>): Result {
    let next = process.next()
    while (next.done !== true) {
      const step = next.value
      let reply: Reply | undefined
      if (step.kind === 'call') {
        reply = this.send(step.request)
        this.innerCalls.push({ name: step.name, request: step.request, reply })
      } else if (step.kind === 'pause') this.nowMs += step.ms
      else this.#spawned.push(step.process)
      next = process.next(reply)
    }
    return next.value
  }
}

/** The body of a reply that has one. */
export function bodyOf(reply: Reply): JsonObject {
  return reply.body as JsonObject
}
