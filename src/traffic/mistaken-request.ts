/** From the request that a user should make to the one that they make by mistake. */
import { type JsonObject, type Random, type Request, uniformInteger } from '../core/index.ts'
import type { InvalidInputs, Mistake } from '../scenario/index.ts'
import { categoryPath, stockPath } from './shop-requests.ts'

/** The shop takes 1 to 100 of a product at a time. */
const MOST_QUANTITY = 100
const INVALID_QUANTITIES = [0, 1.5, 'three', null]

type Spoil = (right: Request, random: Random, inputs: InvalidInputs) => Request

const SPOILT: Readonly<Record<Mistake, Spoil>> = {
  unknownSku: (right, random) => ({
    ...right,
    path: stockPath(`NO-SUCH-SKU-${uniformInteger(random, 1, 999)}`),
  }),
  invalidSku: (right, random, { skus }) => ({ ...right, path: stockPath(pick(skus, random)) }),
  invalidCategory: (right, random, { categories }) => ({
    ...right,
    path: categoryPath(pick(categories, random)),
  }),
  // Well-formed, but the signature cannot be right.
  invalidToken: (right) => ({ ...right, token: `${right.token}x` }),
  expiredToken: (right) => ({ ...right, token: expired(right.token!) }),
  missingToken: ({ token: _, ...anonymous }) => anonymous,
  malformedToken: (right) => ({ ...right, token: 'not-a-token' }),
  invalidQuantity: (right, random) => withInBody(right, { quantity: pick(INVALID_QUANTITIES, random) }),
  negativeQuantity: (right, random) => withInBody(right, { quantity: -uniformInteger(random, 1, 9) }),
  cartLimitExceeded: (right, random) =>
    withInBody(right, { quantity: uniformInteger(random, MOST_QUANTITY + 1, 999_999) }),
  invalidProductId: (right, random, { skus }) => withInBody(right, { productId: pick(skus, random) }),
  malformedCartItem: (right, random, { cartItems }) => ({ ...right, body: pick(cartItems, random) }),
  // The request is right; only the moment is not.
  emptyCartOrder: (right) => right,
  invalidAddress: (right) => {
    const address = right.body!.shippingAddress as JsonObject
    return withInBody(right, { shippingAddress: { ...address, zipCode: 'INVALID' } })
  },
  malformedOrder: (right, random, { orders }) => ({ ...right, body: pick(orders, random) }),
  malformedRegistration: (right, random, { registrations }) => ({
    ...right,
    body: pick(registrations, random),
  }),
}

export function mistakenRequest(
  mistake: Mistake,
  right: Request,
  random: Random,
  inputs: InvalidInputs,
): Request {
  return SPOILT[mistake](right, random, inputs)
}

function withInBody(right: Request, fields: JsonObject): Request {
  return { ...right, body: { ...right.body, ...fields } }
}

function pick<T>(choices: readonly T[], random: Random): T {
  return choices[uniformInteger(random, 0, choices.length - 1)]!
}

/**
 * The same token, but issued a day before the clock began to count and expired when it did: whatever clock a shop
 * has, that is over. The signature is the old one, as nobody but the shop could make another; a shop looks at it or at
 * the time first, and refuses either way.
 */
function expired(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = { ...claimsOf(payload), iat: -24 * 3600, exp: 0 }
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
}

/** Nothing for a token that is no JSON Web Token: a shop other than ours may have tokens of its own kind. */
function claimsOf(payload: string): object {
  try {
    return Object(JSON.parse(Buffer.from(payload, 'base64url').toString()))
  } catch {
    return {}
  }
}
