/** The inventory service: products, stock and reservations. Most of all requests end here. */
import type { JsonObject } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { decodePath } from '../route-table.ts'
import type { ShopState, StockItem } from '../state.ts'
import { BodyCheck } from './body-check.ts'

const service = 'inventory-service'
const REORDER_POINT = 100
/** Selections that are remembered. */
const MOST_FOUND = 1024

function stockView(item: StockItem): JsonObject {
  return (item.view ??= makeStockView(item))
}

function makeStockView(item: StockItem): JsonObject {
  const { sku } = item.product
  const available = item.total - item.reserved
  return {
    productSku: sku,
    sku,
    name: item.product.name,
    price: item.product.price,
    warehouseLocation: 'MULTIPLE_WAREHOUSES',
    totalQuantity: item.total,
    availableQuantity: available,
    reservedQuantity: item.reserved,
    reorderPoint: REORDER_POINT,
    lowStock: available <= REORDER_POINT,
    outOfStock: available <= 0,
  }
}

/** Every change of a stock ends here. */
function changeStock(item: StockItem, reserved: number, total = 0): void {
  item.reserved += reserved
  item.total += total
  item.view = undefined
}

function select(state: ShopState, matches: (item: StockItem) => boolean): JsonObject[] {
  const found: JsonObject[] = []
  for (const item of state.stock.values()) if (matches(item)) found.push(item.productView)
  return found
}

/** What a selection by path gave before: products do not change, and everybody looks for the same ones. */
function remember(
  { found }: ShopState,
  path: string,
  look: () => readonly JsonObject[],
): readonly JsonObject[] {
  const known = found.get(path)
  if (known !== undefined) return known
  if (found.size === MOST_FOUND) found.clear()
  const views = look()
  found.set(path, views)
  return views
}

function stockOf({ request, parameter, state, now }: EndpointCall) {
  const item = state.stock.get(parameter)
  return item === undefined
    ? refuse(404, `No product ${parameter}`, request, now())
    : answer(200, stockView(item))
}

function productOf({ request, parameter, state, now }: EndpointCall) {
  const item = state.stock.get(parameter)
  return item === undefined
    ? refuse(404, `No product ${parameter}`, request, now())
    : answer(200, item.productView)
}

/** A category is there as long as it has products. */
function category({ request, parameter, state, now }: EndpointCall) {
  const products = remember(state, request.path, () =>
    select(state, ({ product }) => product.category === parameter),
  )
  return products.length === 0
    ? refuse(404, `No category ${parameter}`, request, now())
    : answer(200, products)
}

/** Finds a word in the names and categories. Only `query` counts, and only the first. */
function search({ request, state }: EndpointCall) {
  const { path } = request
  return answer(
    200,
    remember(state, path, () => searchFor(state, path)),
  )
}

function searchFor(state: ShopState, path: string): JsonObject[] {
  const [, text = ''] = /[?&]query=([^&]*)/.exec(path) ?? []
  const word = decodePath(text.replaceAll('+', ' ')).toLowerCase()
  return select(state, ({ searchText }) => searchText.includes(word))
}

function check({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const sku = body.text('productSku')
  const requestedQuantity = body.integer('quantity', 1, 1_000_000)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const item = state.stock.get(sku)
  if (item === undefined) return refuse(404, `No product ${sku}`, request, now())
  const availableQuantity = item.total - item.reserved
  return answer(200, {
    available: availableQuantity >= requestedQuantity,
    availableQuantity,
    requestedQuantity,
  })
}

function reserve({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const sku = body.text('productSku')
  const quantity = body.integer('quantity', 1, 1_000_000)
  body.text('orderId')
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const item = state.stock.get(sku)
  if (item === undefined) return refuse(404, `No product ${sku}`, request, now())
  if (item.total - item.reserved < quantity) return answer(409, { success: false, productSku: sku, quantity })
  const reservationId = state.nextId()
  changeStock(item, quantity)
  state.reservations.set(reservationId, { sku, quantity, open: true })
  return answer(201, { reservationId: String(reservationId), success: true, productSku: sku, quantity })
}

/** Ends a reservation: released stock is free again, confirmed stock is gone. */
function settle({ request, parameter, state, now }: EndpointCall, confirmed: boolean) {
  const reservation = state.reservations.get(Number(parameter))
  if (reservation === undefined || !reservation.open) {
    return refuse(404, `No open reservation ${parameter}`, request, now())
  }
  const item = state.stock.get(reservation.sku)!
  reservation.open = false
  changeStock(item, -reservation.quantity, confirmed ? -reservation.quantity : 0)
  return answer(200, { reservationId: parameter, success: true })
}

export const inventoryEndpoints: readonly Endpoint[] = [
  {
    name: 'inventory.stock',
    service,
    method: 'GET',
    path: '/api/inventory/product/:sku',
    work: { meanMs: 12, sigma: 0.6 },
    handle: stockOf,
  },
  {
    name: 'inventory.all',
    service,
    method: 'GET',
    path: '/api/inventory/all',
    work: { meanMs: 25, sigma: 0.5 },
    handle: ({ state }) => answer(200, [...state.stock.values()].map(stockView)),
  },
  {
    name: 'inventory.search',
    service,
    method: 'GET',
    path: '/api/inventory/search',
    work: { meanMs: 28, sigma: 0.8 },
    handle: search,
  },
  {
    name: 'inventory.products',
    service,
    method: 'GET',
    path: '/api/inventory/products',
    work: { meanMs: 20, sigma: 0.5 },
    handle: ({ state }) =>
      answer(
        200,
        select(state, () => true),
      ),
  },
  {
    name: 'inventory.category',
    service,
    method: 'GET',
    path: '/api/inventory/products/category/:category',
    work: { meanMs: 18, sigma: 0.6 },
    handle: category,
  },
  {
    name: 'inventory.product',
    service,
    method: 'GET',
    path: '/api/inventory/products/:sku',
    work: { meanMs: 10, sigma: 0.6 },
    handle: productOf,
  },
  {
    name: 'inventory.check',
    service,
    method: 'POST',
    path: '/api/inventory/check',
    work: { meanMs: 6, sigma: 0.5 },
    handle: check,
  },
  {
    name: 'inventory.reserve',
    service,
    method: 'POST',
    path: '/api/inventory/reserve',
    work: { meanMs: 10, sigma: 0.5 },
    handle: reserve,
  },
  {
    name: 'inventory.release',
    service,
    method: 'POST',
    path: '/api/inventory/release/:id',
    work: { meanMs: 6, sigma: 0.5 },
    handle: (call) => settle(call, false),
  },
  {
    name: 'inventory.confirm',
    service,
    method: 'POST',
    path: '/api/inventory/confirm/:id',
    work: { meanMs: 6, sigma: 0.5 },
    handle: (call) => settle(call, true),
  },
]
