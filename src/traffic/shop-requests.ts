/** The requests that a shopper can make, as the shop's HTTP API wants them. */
import type { Request } from '../core/index.ts'
import type { Address, Product } from '../scenario/index.ts'
import type { Account } from './accounts.ts'

export function registerRequest(account: Account): Request {
  const { email, password, firstName, lastName, phoneNumber } = account
  return {
    method: 'POST',
    service: 'user-service',
    path: '/api/users/register',
    body: { email, password, firstName, lastName, phoneNumber },
  }
}

export function loginRequest({ email, password }: Account): Request {
  return { method: 'POST', service: 'user-service', path: '/api/users/login', body: { email, password } }
}

export function profileRequest(userId: number, token: string): Request {
  return { method: 'GET', service: 'user-service', path: `/api/users/${userId}`, token }
}

/** Paths of a product, made once: whole days of traffic ask for the same few products. */
interface ProductPaths {
  readonly stock: string
  readonly category: string
  readonly search: string
}

const pathsOfProduct = new WeakMap<Product, ProductPaths>()

function pathsOf(product: Product): ProductPaths {
  let paths = pathsOfProduct.get(product)
  if (paths === undefined) {
    const word = product.name.slice(product.name.lastIndexOf(' ') + 1)
    paths = {
      stock: stockPath(product.sku),
      category: categoryPath(product.category),
      search: `/api/inventory/search?query=${encodeURIComponent(word)}`,
    }
    pathsOfProduct.set(product, paths)
  }
  return paths
}

export function stockPath(sku: string): string {
  return `/api/inventory/product/${encodeURIComponent(sku)}`
}

export function categoryPath(category: string): string {
  return `/api/inventory/products/category/${encodeURIComponent(category)}`
}

export function browseRequest(product: Product, token: string): Request {
  return { method: 'GET', service: 'inventory-service', path: pathsOf(product).category, token }
}

export function searchRequest(product: Product, token: string): Request {
  return { method: 'GET', service: 'inventory-service', path: pathsOf(product).search, token }
}

export function productRequest(product: Product, token: string): Request {
  return { method: 'GET', service: 'inventory-service', path: pathsOf(product).stock, token }
}

export function cartRequest(token: string): Request {
  return { method: 'GET', service: 'cart-service', path: '/api/cart', token }
}

export function cartAddRequest(product: Product, quantity: number, token: string): Request {
  const { sku, name, price, image } = product
  return {
    method: 'POST',
    service: 'cart-service',
    path: '/api/cart/items',
    token,
    body: { productId: sku, productName: name, productImage: image, price, quantity },
  }
}

export function cartRemoveRequest(sku: string, token: string): Request {
  return {
    method: 'DELETE',
    service: 'cart-service',
    path: `/api/cart/items/${encodeURIComponent(sku)}`,
    token,
  }
}

export function orderRequest(address: Address, token: string): Request {
  return {
    method: 'POST',
    service: 'order-service',
    path: '/api/orders',
    token,
    body: { items: [], shippingAddress: { ...address }, notes: '' },
  }
}
