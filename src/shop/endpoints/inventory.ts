/** The inventory service: products, stock and reservations. Most of all requests end here. */
import type { JsonObject } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { isoTime } from '../iso-time.ts'
import { decodePath } from '../route-table.ts'
import type { ShopState } from '../state.ts'
import { changeStock, type StockItem, stockView, warehouseWith } from '../stock.ts'
import { BodyCheck } from './body-check.ts'
import { listAll } from './inventory-lists.ts'

const service = 'inventory-service'
/** A reservation says so, but is kept until it is released or confirmed. */
const RESERVATION_MINUTES = 30
/** Selections that are remembered. */
const MOST_FOUND = 1024

function select(state: ShopState, matches: (item: StockItem) => boolean): JsonObject[] {
  const found: JsonObject[] = []
  for (const item of state.stock.values()) if (matches(item)) found.push(item.productView)
  return found
}

/** What a selection by path gave before: products do not change, and everybody looks for the same ones. */
function remember(
  { stock: { found } }: ShopState,
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

/** Without a word where there is none, as in the predecessor. */
function stockOf({ parameter, state }: EndpointCall) {
  const item = state.stock.get(parameter)
  const view = item === undefined ? undefined : stockView(item)
  return view === undefined ? { status: 404 } : answer(200, view)
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
  const warehouse = body.optionalText('warehouseLocation')
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const item = state.stock.get(sku)
  if (item === undefined) return refuse(404, `No product ${sku}`, request, now())
  let availableQuantity = 0
  for (const stock of item.warehouses) {
    if (warehouse === '' || stock.warehouse === warehouse) availableQuantity += stock.available
  }
  return answer(200, {
    productSku: sku,
    warehouseLocation: warehouse || null,
    available: availableQuantity >= requestedQuantity,
    availableQuantity,
    requestedQuantity,
  })
}

function reserve({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const sku = body.text('productSku')
  const quantity = body.integer('quantity', 1, 1_000_000)
  const orderId = body.identifier('orderId')
  const warehouse = body.optionalText('warehouseLocation')
  const minutes = body.integer('reservationDurationMinutes', 1, 100_000, RESERVATION_MINUTES)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const item = state.stock.get(sku)
  if (item === undefined) return refuse(404, `No product ${sku}`, request, now())
  const stock = warehouseWith(item, quantity, warehouse)
  const about = { success: stock !== undefined, orderId, productSku: sku, quantity }
  if (stock === undefined) return answer(409, { ...about, message: `Not enough of ${sku} in one warehouse` })
  const reservationId = state.nextId()
  changeStock(item, stock, { available: -quantity, reserved: quantity })
  state.reservations.set(reservationId, { sku, stock, quantity, open: true })
  const expiresAt = isoTime(now() + minutes * 60_000)
  const where = { warehouseLocation: stock.warehouse, expiresAt }
  return answer(201, { reservationId: String(reservationId), ...about, ...where })
}

/** Ends a reservation: released stock is free again, confirmed stock is gone. */
function settle({ request, parameter, state, now }: EndpointCall, confirmed: boolean) {
  const reservation = state.reservations.get(Number(parameter))
  if (reservation === undefined || !reservation.open) {
    return refuse(404, `No open reservation ${parameter}`, request, now())
  }
  reservation.open = false
  const { sku, stock, quantity } = reservation
  const item = state.stock.get(sku)!
  // A client may have put stock of its own in the place of what was reserved, under the same name.
  if (item.warehouses.includes(stock))
    changeStock(item, stock, {
      reserved: -quantity,
      ...(confirmed ? { total: -quantity } : { available: quantity }),
    })
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
    handle: listAll,
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
