/** A behaviour of a scenario that the test knows to be a shopper's. */
import type { Scenario, ShopperBehavior } from '../../src/scenario/index.ts'

export function shopperOf({ behaviors }: Pick<Scenario, 'behaviors'>, name: string): ShopperBehavior {
  const behavior = behaviors[name]
  if (behavior?.kind !== 'shopper') throw new Error(`${name} is no shopper of this scenario`)
  return behavior
}
