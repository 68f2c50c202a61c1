/**
 * What a shopper came for. Drawn once per session, so that conversion and abandonment hold exactly in
 * expectation, whatever the mix of actions does on the way.
 *
 * With conversion rate c and cart abandonment rate a (share of the sessions with something in the cart that end
 * without an order), a share c buys, c a / (1 - a) fills a cart and leaves, and the rest only looks.
 */
import type { Random } from '../core/index.ts'
import type { ShopperBehavior } from '../scenario/index.ts'

export type Intent = 'buy' | 'abandon' | 'look'

export function drawIntent(behavior: ShopperBehavior, random: Random): Intent {
  const { conversionRate, cartAbandonmentRate } = behavior
  const draw = random()
  if (draw < conversionRate) return 'buy'
  const abandoning =
    cartAbandonmentRate < 1
      ? (conversionRate * cartAbandonmentRate) / (1 - cartAbandonmentRate)
      : 1 - conversionRate
  return draw < conversionRate + abandoning ? 'abandon' : 'look'
}
