/**
 * The smallest world that a shop can live in: carries out the calls of its endpoints against the same shop, at
 * once and without a queue. What an endpoint spawns waits until `settle`.
 */
import type { JsonObject, Method, Process, Reply, Request } from '../../src/core/index.ts'
import type { Scenario, ServiceName } from '../../src/scenario/index.ts'
import {
  type Host,
  isReply,
  ReplicaCondition,
  SELF_INFLICTED,
  Shop,
  type TokenMint,
} from '../../src/shop/index.ts'
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

  /** Who serves a request: the first replica of each service, unless a test says otherwise. */
  served = 0
  readonly #hosts = new Map<string, Host>()

  constructor(scenario: Scenario = smallScenario, mint?: TokenMint) {
    this.shop = new Shop(scenario, mint)
  }

  send(request: Request): Reply {
    const match = this.shop.match(request)
    const result = this.shop.handle(request, match, () => this.nowMs, this.hostOf(request.service))
    return isReply(result) ? result : this.#run(result)
  }

  /** The replica of a service that serves just now. */
  hostOf(service: string): Host {
    const replica = this.shop.replicas[service as ServiceName][this.served]!
    const known = this.#hosts.get(replica.id)
    if (known !== undefined) return known
    const condition = new ReplicaCondition(replica)
    const befall: Host['befall'] = (effect) => void condition.change(SELF_INFLICTED, effect, this.nowMs)
    const host = { replica, befall }
    this.#hosts.set(replica.id, host)
    return host
  }

  /** `send` for short: `service` without its `-service`. */
  ask(
    method: Method,
    service: string,
    path: string,
    token?: string,
    body?: JsonObject,
    headers?: Readonly<Record<string, string>>,
  ): Reply {
    return this.send({
      method,
      service: `${service}-service`,
      path,
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
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
