/** `error_simulation_config`: deliberate mistakes of all users. */
import { z } from 'zod'
import { share } from '../fields.ts'
import type { Behavior, Mistake } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'

const rate = share.default(0)

const errorConfigSchema = z.looseObject({
  description: z.string().optional(),
  error_injection_probability: share.default(1),
  error_scenarios: z
    .looseObject({
      authentication_errors: z
        .looseObject({ invalid_token_rate: rate, missing_token_rate: rate })
        .prefault({}),
      product_errors: z.looseObject({ invalid_product_sku_rate: rate }).prefault({}),
      cart_errors: z.looseObject({ invalid_quantity_rate: rate, negative_quantity_rate: rate }).prefault({}),
      order_errors: z
        .looseObject({ empty_cart_order_rate: rate, invalid_shipping_address_rate: rate })
        .prefault({}),
    })
    .prefault({}),
})

/** A mistake needs the gate (`error_injection_probability`) to open and then its own rate to hit. */
export function readMistakes(file: ForeignFile, places: readonly FieldPath[]): Behavior['mistakes'] {
  const config = file.readFirst(places, errorConfigSchema)
  if (config === undefined) return {}
  const { authentication_errors: auth, product_errors, cart_errors, order_errors } = config.error_scenarios
  const rates: Record<Mistake, number> = {
    unknownSku: product_errors.invalid_product_sku_rate,
    invalidToken: auth.invalid_token_rate,
    missingToken: auth.missing_token_rate,
    invalidQuantity: Math.min(1, cart_errors.invalid_quantity_rate + cart_errors.negative_quantity_rate),
    emptyCartOrder: order_errors.empty_cart_order_rate,
    invalidAddress: order_errors.invalid_shipping_address_rate,
  }
  const probabilities = Object.entries(rates).map(([mistake, value]) => {
    // Twelve digits are what the product of two decimals means; the rest is rounding.
    return [mistake, Number((config.error_injection_probability * value).toPrecision(12))] as const
  })
  return Object.fromEntries(probabilities.filter(([, value]) => value > 0))
}
