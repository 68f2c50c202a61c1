/** How products and stock come into the inventory: what the predecessor's `setup_inventory` calls, and corrections. */
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { changeStock, type StockEntry, stockView, warehouseOf, warehouseView } from '../stock.ts'
import { BodyCheck } from './body-check.ts'

const service = 'inventory-service'
const MOST = 1_000_000_000

function addProduct({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const product = {
    sku: body.text('sku'),
    name: body.text('name'),
    category: body.text('category'),
    price: body.number('price', 0.01, 1e9),
    status: body.optionalText('status') || 'ACTIVE',
    description: body.optionalText('description'),
    brand: body.optionalText('brand'),
    ...(body.has('weight') ? { weight: body.number('weight', 1e-6, 1e9) } : {}),
    ...(body.has('image') ? { image: body.optionalText('image') } : {}),
  }
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const added = state.stock.addProduct(product)
  return added === undefined
    ? refuse(500, `Product exists: ${product.sku}`, request, now())
    : answer(201, added.productView)
}

/** Levels that are not said follow from the total, at the shares that the predecessor's set-up uses. */
function readEntry(body: BodyCheck): StockEntry {
  const total = body.integer('totalQuantity', 0, MOST)
  const least = body.integer('minimumStockLevel', 0, MOST)
  const most = Math.round((total || 0) * 1.5)
  const reorderPoint = body.integer('reorderPoint', 0, MOST, least || 0)
  return {
    warehouse: body.text('warehouseLocation'),
    total,
    available: body.integer('availableQuantity', 0, MOST),
    reserved: body.integer('reservedQuantity', 0, MOST, 0),
    minimumStockLevel: least,
    maximumStockLevel: body.integer('maximumStockLevel', 0, MOST, most),
    reorderPoint,
    reorderQuantity: body.integer('reorderQuantity', 0, MOST, total || 0),
  }
}

function addEntry({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const sku = body.text('productSku')
  const entry = readEntry(body)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const item = state.stock.get(sku)
  if (item === undefined) return refuse(404, `No product ${sku}`, request, now())
  const added = state.stock.addEntry(item, entry)
  return added === undefined
    ? refuse(500, `${sku} has an entry for ${entry.warehouse}`, request, now())
    : answer(201, warehouseView(item, added))
}

/** More or less of a product, by a count or a delivery. Without a warehouse, the first that has it. */
function adjust({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const sku = body.text('productSku')
  const quantity = body.integer('quantity', -MOST, MOST)
  const warehouse = body.optionalText('warehouseLocation')
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const item = state.stock.get(sku)
  const stock = item === undefined || warehouse === '' ? item?.warehouses[0] : warehouseOf(item, warehouse)
  if (item === undefined || stock === undefined) {
    return refuse(404, `No product ${sku}${warehouse && ` in ${warehouse}`}`, request, now())
  }
  if (stock.available + quantity < 0)
    return refuse(400, `Only ${stock.available} of ${sku} are free`, request, now())
  changeStock(item, stock, { total: quantity, available: quantity })
  return answer(200, stockView(item)!)
}

const sets = { service, method: 'POST', work: { meanMs: 15, sigma: 0.5 } } as const

export const inventorySetup: readonly Endpoint[] = [
  { name: 'inventory.addProduct', path: '/api/inventory/products', ...sets, handle: addProduct },
  { name: 'inventory.addItem', path: '/api/inventory/items', ...sets, handle: addEntry },
  { name: 'inventory.create', path: '/api/inventory/create', ...sets, handle: addEntry },
  { name: 'inventory.adjust', path: '/api/inventory/adjust', ...sets, handle: adjust },
]
