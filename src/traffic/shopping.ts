/**
 * The session of a shopper, as a process: sign in, look at pages, perhaps buy, and go.
 *
 * Every knob of the behaviour acts: the intent decides whether it ends in an order (see `intent.ts`), the mix what
 * is done on each page, the budget of pages and the length when it is over, think times the pace.
 */
import { type CallStep, type Process, pause, uniform, uniformInteger } from '../core/index.ts'
import { drawAction } from './action-mix.ts'
import { drawIntent, type Intent } from './intent.ts'
import type { SessionResult, ShoppingContext } from './session.ts'
import { Shopper } from './shopper.ts'
import { thinkMs } from './think-time.ts'

/** What is left of a budget below this is rounding: 1 - 3 * (1 / 3). */
const LEAST_PAGE = 1e-9

export function* shopping(context: ShoppingContext): Process<SessionResult> {
  const { behavior, random, scenario } = context
  const shopper = new Shopper(context)
  if (!(yield* shopper.signIn())) {
    // Whoever cannot sign in waits a while before anybody tries again.
    yield* pause(thinkMs(context, behavior.thinkTimeSeconds))
    return { signedIn: false, ordered: false, pages: 0 }
  }

  const intent = drawIntent(behavior, random)
  const cartSize = uniformInteger(random, ...behavior.cartSize)
  const lengthMs = (uniform(random, ...behavior.sessionMinutes) * 60_000) / scenario.timeScale
  const endsAtMs = context.now() + lengthMs
  let budget = uniformInteger(random, ...behavior.pagesPerSession)
  let pages = 0
  while (budget > LEAST_PAGE && context.now() < endsAtMs) {
    const next = page(shopper, intent, cartSize, context)
    if (isStep(next)) yield next
    else yield* next
    pages++
    // A faster user sees more pages in the same session.
    budget -= 1 / context.currentPhase().pace
    yield { kind: 'pause', ms: thinkMs(context, behavior.thinkTimeSeconds) }
  }
  if (intent === 'buy' && !shopper.ordered) yield* checkout(shopper, cartSize, context)
  if (intent === 'abandon' && shopper.cartSize === 0) yield* shopper.addToCart()
  return { signedIn: true, ordered: shopper.ordered, pages }
}

/** Not by `in`: that would be the slowest thing that a session does. */
function isStep(next: CallStep | Process<unknown>): next is CallStep {
  return (next as Partial<CallStep>).kind !== undefined
}

/** One page: a single call, or a process of several. What makes no sense for this shopper now (ordering while only looking) becomes a look at a product. */
function page(
  shopper: Shopper,
  intent: Intent,
  cartSize: number,
  context: ShoppingContext,
): CallStep | Process<unknown> {
  const action = drawAction(context.behavior, context.currentPhase(), context.random)
  const buying = intent !== 'look' && !shopper.ordered
  switch (action) {
    case 'browse':
      return shopper.browse()
    case 'search':
      return shopper.search()
    case 'profile':
      return shopper.viewProfile()
    case 'cartAdd':
      if (buying && shopper.cartSize < cartSize) return shopper.addToCart()
      break
    case 'cartRemove':
      if (buying && shopper.cartSize > 0) return shopper.removeFromCart()
      break
    case 'order':
      if (buying && intent === 'buy') return checkout(shopper, cartSize, context)
      if (buying && shopper.cartSize > 0) return shopper.viewCart()
      // Not after an order: the shop clears that cart on the side, perhaps only now.
      if (!shopper.ordered && shopper.cartSize === 0) return shopper.orderNothing() ?? shopper.viewProduct()
  }
  return shopper.viewProduct()
}

/** Fills the cart to the size that the shopper had in mind, looks at it, and orders. */
function* checkout(shopper: Shopper, cartSize: number, context: ShoppingContext): Process<void> {
  for (let missing = cartSize - shopper.cartSize; missing > 0; missing--) {
    yield* shopper.addToCart()
    yield* pause(thinkMs(context, context.behavior.thinkTimeSeconds))
  }
  yield* shopper.viewCart()
  if (shopper.cartSize === 0) return
  yield* pause(thinkMs(context, context.behavior.thinkTimeSeconds))
  yield* shopper.order()
}
