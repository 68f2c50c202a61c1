/**
 * `error_simulation_config`: deliberate mistakes of all users, and what they send when they make them.
 *
 * Rates that are not read here have no effect, and the loader says so: `out_of_stock_simulation_rate` (nothing sells
 * out), `payment_method_missing_rate` and `order_total_mismatch_rate` (an order of this API has neither).
 * `network_errors` are faults of the network and not of users: see network-errors.ts.
 */
import { z } from 'zod'
import { share } from '../fields.ts'
import { INVALID_INPUTS, requestBody, withoutKnown } from '../invalid-inputs.ts'
import { type InvalidInputs, isRoomForAll, type Mistake, type MistakeRates } from '../mistakes.ts'
import { formatPath } from '../problems.ts'
import type { Product } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'

const rate = share.default(0)
const bodies = z.array(requestBody).default([])
/** What the predecessor takes for a category of errors that has no rate of its own: the malformed payloads. */
const FLAT_RATE = 0.3

const errorConfigSchema = z.looseObject({
  description: z.string().optional(),
  error_injection_probability: share.default(1),
  error_scenarios: z
    .looseObject({
      authentication_errors: z
        .looseObject({
          invalid_token_rate: rate,
          expired_token_rate: rate,
          missing_token_rate: rate,
          malformed_credentials_rate: rate,
        })
        .prefault({}),
      product_errors: z
        .looseObject({
          invalid_product_sku_rate: rate,
          product_not_found_rate: rate,
          invalid_category_search_rate: rate,
        })
        .prefault({}),
      cart_errors: z
        .looseObject({
          invalid_quantity_rate: rate,
          negative_quantity_rate: rate,
          invalid_product_id_rate: rate,
          cart_limit_exceeded_rate: rate,
        })
        .prefault({}),
      order_errors: z
        .looseObject({ invalid_shipping_address_rate: rate, empty_cart_order_rate: rate })
        .prefault({}),
      network_errors: z.unknown().optional(),
    })
    .prefault({}),
  invalid_product_skus: z.array(z.string()).default([]),
  invalid_categories: z.array(z.string()).default([]),
  malformed_payloads: z
    .looseObject({ user_registration: bodies, cart_items: bodies, orders: bodies })
    .prefault({}),
})
type ErrorConfig = z.infer<typeof errorConfigSchema>

export interface ForeignMistakes {
  readonly mistakes: MistakeRates
  readonly invalidInputs: InvalidInputs
}

/** @param products what the shop sells, and so what cannot be asked for by mistake */
export function readMistakes(
  file: ForeignFile,
  places: readonly FieldPath[],
  products: readonly Product[],
): ForeignMistakes {
  const builtIn = withoutKnown(INVALID_INPUTS, products)
  const path = file.firstOf(places)
  const config = path && file.read(path, errorConfigSchema)
  if (config === undefined) return { mistakes: {}, invalidInputs: builtIn }
  const mistakes = ratesOf(config)
  if (!isRoomForAll(mistakes)) {
    const text =
      'expected rates that, times error_injection_probability, sum to at most 1 for one action, got more'
    file.problems.add(file.document, [...path!, 'error_scenarios'], text)
  }
  const given = inputsOf(config)
  const unknown = withoutKnown(given, products)
  warnOfKnown(file, path!, given, unknown)
  markUnusedLists(file, path!, mistakes)
  const invalidInputs = Object.fromEntries(
    Object.entries(unknown).map(([list, inputs]) => [
      list,
      inputs.length > 0 ? inputs : builtIn[list as keyof InvalidInputs],
    ]),
  ) as unknown as InvalidInputs
  return { mistakes, invalidInputs }
}

/** A mistake needs the gate (`error_injection_probability`) to open and then its own rate to hit. */
function ratesOf(config: ErrorConfig): MistakeRates {
  const { authentication_errors: auth, product_errors: product, ...more } = config.error_scenarios
  const { cart_errors: cart, order_errors: order } = more
  const { user_registration, cart_items, orders } = config.malformed_payloads
  const flat = (list: readonly unknown[]) => (list.length > 0 ? FLAT_RATE : 0)
  const rates: Record<Mistake, number> = {
    unknownSku: product.product_not_found_rate,
    invalidSku: product.invalid_product_sku_rate,
    invalidCategory: product.invalid_category_search_rate,
    invalidToken: auth.invalid_token_rate,
    expiredToken: auth.expired_token_rate,
    missingToken: auth.missing_token_rate,
    malformedToken: auth.malformed_credentials_rate,
    invalidQuantity: cart.invalid_quantity_rate,
    negativeQuantity: cart.negative_quantity_rate,
    cartLimitExceeded: cart.cart_limit_exceeded_rate,
    invalidProductId: cart.invalid_product_id_rate,
    malformedCartItem: flat(cart_items),
    emptyCartOrder: order.empty_cart_order_rate,
    invalidAddress: order.invalid_shipping_address_rate,
    malformedOrder: flat(orders),
    malformedRegistration: flat(user_registration),
  }
  const probabilities = Object.entries(rates).map(([mistake, value]) => {
    // Twelve digits are what the product of two decimals means; the rest is rounding.
    return [mistake, Number((config.error_injection_probability * value).toPrecision(12))] as const
  })
  return Object.fromEntries(probabilities.filter(([, value]) => value > 0))
}

function inputsOf(config: ErrorConfig): InvalidInputs {
  return {
    skus: config.invalid_product_skus,
    categories: config.invalid_categories,
    registrations: config.malformed_payloads.user_registration,
    cartItems: config.malformed_payloads.cart_items,
    orders: config.malformed_payloads.orders,
  }
}

function warnOfKnown(file: ForeignFile, path: FieldPath, given: InvalidInputs, unknown: InvalidInputs): void {
  for (const [field, list] of [
    ['invalid_product_skus', 'skus'],
    ['invalid_categories', 'categories'],
  ] as const) {
    const known = given[list].filter((input) => !unknown[list].includes(input))
    if (known.length === 0) continue
    file.warn(
      [...path, field],
      `the shop has ${known.join(', ')}, so that asking for it is no mistake: left out`,
    )
  }
}

/** Lists that no mistake with a rate above 0 picks from. */
function markUnusedLists(file: ForeignFile, path: FieldPath, mistakes: MistakeRates): void {
  const isMade = (...kinds: readonly Mistake[]) => kinds.some((mistake) => mistakes[mistake] !== undefined)
  const unused = {
    invalid_product_skus: !isMade('invalidSku', 'invalidProductId'),
    invalid_categories: !isMade('invalidCategory'),
    malformed_payloads: !isMade('malformedRegistration', 'malformedCartItem', 'malformedOrder'),
  }
  for (const [field, isUnused] of Object.entries(unused)) {
    if (isUnused && Object.hasOwn(file.document.at(path) as object, field)) {
      file.markUnused(formatPath([...path, field]))
    }
  }
}
