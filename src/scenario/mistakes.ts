/**
 * Mistakes that users make on purpose, where each can be made, and what is sent when one is. The matching 4xx is then
 * the expected answer, not a failure.
 *
 * The kinds are those of `error_simulation_config` in the predecessor's files, as far as the shop's API has a place
 * for them: an order carries neither a payment method nor a total, and nothing here ever sells out.
 */
import type { JsonObject } from '../core/index.ts'

const TOKEN_MISTAKES = ['invalidToken', 'expiredToken', 'missingToken', 'malformedToken'] as const

export const MISTAKES = [
  'unknownSku',
  'invalidSku',
  'invalidCategory',
  ...TOKEN_MISTAKES,
  'invalidQuantity',
  'negativeQuantity',
  'cartLimitExceeded',
  'invalidProductId',
  'malformedCartItem',
  'emptyCartOrder',
  'invalidAddress',
  'malformedOrder',
  'malformedRegistration',
] as const
export type Mistake = (typeof MISTAKES)[number]
/** Probability of each mistake, per occasion at which it can be made. */
export type MistakeRates = Readonly<Partial<Record<Mistake, number>>>

/**
 * The mistakes that can be made at each occasion. At most one is made at a time, so that every rate holds exactly
 * whatever the others are.
 */
export const MISTAKES_AT = {
  register: ['malformedRegistration'],
  browse: ['invalidCategory', ...TOKEN_MISTAKES],
  product: ['unknownSku', 'invalidSku', ...TOKEN_MISTAKES],
  /** Any other call of somebody who is signed in, except looking at the cart and ordering. */
  signedIn: TOKEN_MISTAKES,
  cartAdd: [
    'invalidQuantity',
    'negativeQuantity',
    'cartLimitExceeded',
    'invalidProductId',
    'malformedCartItem',
    ...TOKEN_MISTAKES,
  ],
  order: ['invalidAddress', 'malformedOrder'],
  /** Instead of ordering, while there is nothing to order. */
  emptyCart: ['emptyCartOrder'],
} as const satisfies Readonly<Record<string, readonly Mistake[]>>
export type Occasion = keyof typeof MISTAKES_AT
export const OCCASIONS = Object.keys(MISTAKES_AT) as readonly Occasion[]

/** Whether at every occasion the rates of its mistakes leave room for each other. */
export function isRoomForAll(rates: MistakeRates): boolean {
  const sums = OCCASIONS.map((occasion) =>
    MISTAKES_AT[occasion].reduce((sum, mistake) => sum + (rates[mistake] ?? 0), 0),
  )
  return Math.max(...sums) <= 1 + 1e-9
}

/** What users send where a mistake needs something wrong to send; one is picked at random each time. */
export interface InvalidInputs {
  readonly skus: readonly string[]
  readonly categories: readonly string[]
  /** Whole bodies of requests. */
  readonly registrations: readonly JsonObject[]
  readonly cartItems: readonly JsonObject[]
  readonly orders: readonly JsonObject[]
}
