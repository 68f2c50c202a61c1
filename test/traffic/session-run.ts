/** Runs a session to its end in virtual time, against a shop that is a script: replies by action. */
import { type CallStep, RandomStreams, type Reply, type Request } from '../../src/core/index.ts'
import type { Phase, Scenario, ShopperBehavior } from '../../src/scenario/index.ts'
import { type Account, Accounts, type SessionResult, session } from '../../src/traffic/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

/** A shop that knows one customer and does what it is asked; a mistake it refuses. */
export class ScriptedShop {
  readonly cart = new Map<string, number>()
  /** Products in the cart when an order was placed, for each order. */
  readonly orderedSizes: number[] = []

  reply({ name, request, expects }: CallStep): Reply {
    if (expects === 'refusal') return { status: 400 }
    const body = request.body as { productId: string; quantity: number } | undefined
    if (name === 'login') return { status: 200, body: { token: 'token-1', user: { id: 12 } } }
    if (name === 'cartAdd') this.cart.set(body!.productId, body!.quantity)
    if (name === 'cartRemove') this.cart.delete(decodeURIComponent(request.path.split('/').at(-1)!))
    if (name === 'order') {
      this.orderedSizes.push(this.cart.size)
      this.cart.clear()
      return { status: 201, body: { orderNumber: 'ORD-1' } }
    }
    const items = [...this.cart].map(([productId, quantity]) => ({ productId, quantity }))
    return { status: name === 'cartAdd' || name === 'register' ? 201 : 200, body: { items } }
  }
}

export interface SessionSettings {
  readonly behavior?: Partial<ShopperBehavior>
  readonly phase?: Partial<Phase>
  readonly scenario?: Partial<Scenario>
  readonly account?: Account
  readonly seed?: number
  readonly shop?: { reply(step: CallStep): Reply }
  readonly latencyMs?: number
}

export interface SessionRun {
  readonly result: SessionResult
  readonly calls: readonly CallStep[]
  readonly requests: readonly Request[]
  /** Names of the calls, in order. */
  readonly actions: readonly string[]
  readonly pausesMs: readonly number[]
  readonly checks: readonly (readonly [name: string, passed: boolean])[]
  readonly lengthMs: number
}

/** A shopper who does nothing special: five pages, 2 s of thought after each, neither cart nor mistakes. */
export const CALM: Partial<ShopperBehavior> = {
  sessionMinutes: [60, 60],
  pagesPerSession: [5, 5],
  thinkTimeSeconds: [2, 2],
  conversionRate: 0,
  cartAbandonmentRate: 0,
  mistakes: {},
}

/** Settings under which every session has the intent. */
export const BUYING = { ...CALM, conversionRate: 1, cartAbandonmentRate: 0 }
export const ABANDONING = { ...CALM, conversionRate: 0, cartAbandonmentRate: 1 }

export function newAccount(): Account {
  return new Accounts(1, 'test').take()!
}

export function runSession(settings: SessionSettings = {}): SessionRun {
  const { account = newAccount(), seed = 1, shop = new ScriptedShop(), latencyMs = 50 } = settings
  const scenario = { ...smallScenario, ...settings.scenario }
  const phase = phaseOf({ ...settings.phase })
  const checks: [string, boolean][] = []
  const calls: CallStep[] = []
  const pausesMs: number[] = []
  let nowMs = 1000
  const process = session({
    scenario,
    behavior: {
      ...(smallScenario.behaviors['quick-browser'] as ShopperBehavior),
      ...CALM,
      ...settings.behavior,
    },
    number: 0,
    place: 0,
    visits: 1,
    account,
    random: new RandomStreams(seed).stream('session'),
    popularity: scenario.products.map(({ popularity }) => popularity),
    currentPhase: () => phase,
    now: () => nowMs,
    check: (name, passed) => checks.push([name, passed]),
    measure: (metric) => {
      throw new Error(`a shopper measures nothing of its own, got ${metric}`)
    },
  })
  let next = process.next()
  while (next.done !== true) {
    const step = next.value
    let reply: Reply | undefined
    if (step.kind === 'spawn') throw new Error('a session spawns nothing')
    if (step.kind === 'pause') {
      pausesMs.push(step.ms)
      nowMs += step.ms
    } else {
      calls.push(step)
      nowMs += latencyMs
      reply = shop.reply(step)
    }
    next = process.next(reply)
  }
  return {
    result: next.value,
    calls,
    requests: calls.map(({ request }) => request),
    actions: calls.map(({ name }) => name),
    pausesMs,
    checks,
    lengthMs: nowMs - 1000,
  }
}

/** The same session with many seeds, each with a new account and a new shop. */
export function runSessions(count: number, settings: SessionSettings): SessionRun[] {
  return Array.from({ length: count }, (_, i) => runSession({ ...settings, seed: i + 1 }))
}
