/** Lists of the inventory: one entry for each product in each warehouse. */
import type { JsonObject, Reply } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall } from '../endpoint.ts'
import { type StockItem, type WarehouseStock, warehouseView } from '../stock.ts'

const service = 'inventory-service'

function entries(
  { state }: EndpointCall,
  matches: (stock: WarehouseStock, item: StockItem) => boolean,
): JsonObject[] {
  const found: JsonObject[] = []
  for (const item of state.stock.values()) {
    for (const stock of item.warehouses) if (matches(stock, item)) found.push(warehouseView(item, stock))
  }
  return found
}

export function listAll(call: EndpointCall): Reply {
  return answer(
    200,
    entries(call, () => true),
  )
}

function lowStock(call: EndpointCall): Reply {
  return answer(
    200,
    entries(call, ({ available, reorderPoint }) => available <= reorderPoint),
  )
}

function ofWarehouse(call: EndpointCall): Reply {
  return answer(
    200,
    entries(call, ({ warehouse }) => warehouse === call.parameter),
  )
}

const lists = { service, method: 'GET', work: { meanMs: 25, sigma: 0.5 } } as const

/** `inventory.all` by its other paths, and some of it. */
export const inventoryLists: readonly Endpoint[] = [
  { name: 'inventory.root', path: '/api/inventory', ...lists, handle: listAll },
  { name: 'inventory.items', path: '/api/inventory/items', ...lists, handle: listAll },
  { name: 'inventory.lowStock', path: '/api/inventory/low-stock', ...lists, handle: lowStock },
  {
    name: 'inventory.warehouse',
    path: '/api/inventory/items/warehouse/:warehouse',
    ...lists,
    handle: ofWarehouse,
  },
]
