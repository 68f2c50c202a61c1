/** `enhanced_test_products` and `realistic_shipping_addresses`. */
import { z } from 'zod'
import { ADDRESSES, PRODUCTS } from '../catalogue.ts'
import { text, weight } from '../fields.ts'
import type { Address, Product } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'

const productSchema = z
  .looseObject({
    sku: text.optional(),
    id: text.optional(),
    name: text.optional(),
    category: text.default('General'),
    price: z.number().positive(),
    image: z.string().default(''),
    popularity_score: weight.default(0.5),
  })
  .refine((product) => (product.sku ?? product.id) !== undefined, 'map with a sku or an id')

const productsSchema = z
  .array(productSchema)
  .min(1)
  .refine(
    (products) => products.some((product) => product.popularity_score > 0),
    'list with a popularity_score above 0',
  )

const addressSchema = z.looseObject({
  street: text,
  city: text,
  state: text,
  zipCode: text,
  country: text.default('US'),
  phone: text.optional(),
})

/** The catalogue of the file, or the built-in one. */
export function readProducts(file: ForeignFile, places: readonly FieldPath[]): readonly Product[] {
  const products = file.readFirst(places, productsSchema)
  return (
    products?.map((product) => {
      const sku = (product.sku ?? product.id)!
      const { name = sku, category, price, image, popularity_score: popularity } = product
      return { sku, name, category, price, image, popularity }
    }) ?? PRODUCTS
  )
}

/** The addresses of the file, or the built-in ones. */
export function readAddresses(file: ForeignFile, places: readonly FieldPath[]): readonly Address[] {
  const addresses = file.readFirst(places, z.array(addressSchema).min(1))
  return (
    addresses?.map(({ street, city, state, zipCode, country, phone }) => {
      return { street, city, state, zipCode, country, ...(phone !== undefined && { phone }) }
    }) ?? ADDRESSES
  )
}
