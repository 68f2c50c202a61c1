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

export function browseRequest(product: Product, token: string): Request {
  const category = encodeURIComponent(product.category)
  return {
    method: 'GET',
    service: 'inventory-service',
    path: `/api/inventory/products/category/${category}`,
    token,
  }
}

export function searchRequest(product: Product, token: string): Request {
  const word = product.name.slice(product.name.lastIndexOf(' ') + 1)
  const path = `/api/inventory/search?query=${encodeURIComponent(word)}`
  return { method: 'GET', service: 'inventory-service', path, token }
}

export function productRequest(sku: string, token: string): Request {
  return {
    method: 'GET',
    service: 'inventory-service',
    path: `/api/inventory/product/${encodeURIComponent(sku)}`,
    token,
  }
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
