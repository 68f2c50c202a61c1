/** What users send when they err: the fields of a scenario file, and what stands in where it says nothing. */
import { z } from 'zod'
import type { JsonObject } from '../core/index.ts'
import { PRODUCTS } from './catalogue.ts'
import type { InvalidInputs } from './mistakes.ts'
import type { Problems } from './problems.ts'
import type { Product } from './scenario.ts'
import type { SourceDocument } from './source-document.ts'

const STRANGER = {
  email: 'stranger@shop.example',
  password: 'Long-enough-1!',
  firstName: 'A',
  lastName: 'Stranger',
}
const ITEM = { productId: 'PHONE-001', productName: 'Pocket Phone 6', price: 699, quantity: 1 }

export const INVALID_INPUTS: InvalidInputs = {
  skus: [
    'phone-001',
    'PHONE_001',
    'PHONE-001 ',
    'PHONE/001',
    'PHÖNE-001',
    '<b>PHONE-001</b>',
    'P'.repeat(200),
  ],
  categories: ['No Such Category', 'phones', '*', ' ', '%', 'C'.repeat(200)],
  registrations: [
    {},
    { ...STRANGER, email: 'not-an-address' },
    { ...STRANGER, password: 'short' },
    { ...STRANGER, firstName: null },
    { ...STRANGER, phoneNumber: 'by pigeon' },
  ],
  cartItems: [
    {},
    { ...ITEM, productId: '' },
    { ...ITEM, productName: null },
    { ...ITEM, price: -1 },
    { ...ITEM, quantity: 'one' },
  ],
  orders: [
    {},
    { items: [], shippingAddress: null },
    { items: 'all of them', shippingAddress: {} },
    { items: [], shippingAddress: { street: '', city: '', state: '', zipCode: '', country: '' } },
  ],
}

/** A body of a request: any map that JSON can hold. */
export const requestBody: z.ZodType<JsonObject> = z.record(z.string(), z.json())

export const invalidInputsSchema = z
  .strictObject({
    skus: z
      .array(z.string())
      .min(1)
      .default([...INVALID_INPUTS.skus])
      .describe('SKUs that no product has.'),
    categories: z
      .array(z.string())
      .min(1)
      .default([...INVALID_INPUTS.categories])
      .describe('Categories that no product is in.'),
    registrations: z
      .array(requestBody)
      .min(1)
      .default([...INVALID_INPUTS.registrations])
      .describe('Bodies of registrations that the shop must refuse.'),
    cartItems: z
      .array(requestBody)
      .min(1)
      .default([...INVALID_INPUTS.cartItems])
      .describe('Bodies of items for the cart that the shop must refuse.'),
    orders: z
      .array(requestBody)
      .min(1)
      .default([...INVALID_INPUTS.orders])
      .describe('Bodies of orders that the shop must refuse.'),
  })
  .prefault({})

/** The inputs without what the shop has after all, and would not refuse. */
export function withoutKnown(inputs: InvalidInputs, products: readonly Product[]): InvalidInputs {
  return {
    ...inputs,
    skus: inputs.skus.filter((input) => products.every(({ sku }) => sku !== input)),
    categories: inputs.categories.filter((input) => products.every(({ category }) => category !== input)),
  }
}

const FIELD_OF_LIST = { skus: 'sku', categories: 'category' } as const

/** Files a problem for every input of a scenario file that is right. */
export function checkInvalidInputs(document: SourceDocument, problems: Problems): void {
  const given = document.at(['products'])
  const products: unknown[] = Array.isArray(given) ? given : [...PRODUCTS]
  for (const [list, field] of Object.entries(FIELD_OF_LIST)) {
    for (const path of document.itemsAt(['invalidInputs', list])) {
      const input = document.at(path)
      const isKnown = products.some((product) => (product as Partial<Product> | null)?.[field] === input)
      if (typeof input !== 'string' || !isKnown) continue
      problems.add(document, path, `expected a ${field} that no product has, got ${JSON.stringify(input)}`)
    }
  }
}
