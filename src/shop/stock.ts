/**
 * What the inventory holds: products, and how much of each lies in which warehouse.
 *
 * A shop begins with the products of its scenario, each with more than a run ever sells. What clients add themselves
 * (the predecessor's `setup_inventory`) takes the place of that: a product of the scenario can be described anew once,
 * and its first entry for a warehouse ends the stock that it began with.
 */
import type { JsonObject } from '../core/index.ts'
import type { Product } from '../scenario/index.ts'

/** How a product is described. Whatever is optional is not shown if it was not said. */
export interface ProductDescription {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly price: number
  readonly status: string
  readonly image?: string
  readonly description?: string
  readonly brand?: string
  readonly weight?: number
}

export interface StockLevels {
  readonly minimumStockLevel: number
  readonly maximumStockLevel: number
  readonly reorderPoint: number
  readonly reorderQuantity: number
}

/** What a client says of a product in a warehouse. */
export interface StockEntry extends StockLevels {
  readonly warehouse: string
  readonly total: number
  readonly available: number
  readonly reserved: number
}

/** A product in a warehouse. */
export interface WarehouseStock extends StockLevels {
  readonly id: number
  readonly warehouse: string
  /** Begun with, and not added by a client. */
  readonly preset: boolean
  total: number
  available: number
  reserved: number
  /** As the inventory lists it; undefined after a change, until somebody looks. */
  view: JsonObject | undefined
}

export interface StockItem {
  readonly product: ProductDescription
  /** As the catalogue shows it: made once, since products do not change. */
  readonly productView: JsonObject
  /** What a search looks through: name and category in lower case. */
  readonly searchText: string
  /** From the scenario, and not described by a client. */
  readonly preset: boolean
  readonly warehouses: WarehouseStock[]
  /** All warehouses together, as the inventory shows them; undefined after a change, until somebody looks. */
  view: JsonObject | undefined
}

/** So much of every product that a run never sells out by itself. */
const PRESET_TOTAL = 1_000_000
const PRESET_WAREHOUSE = 'US-EAST'
const PRESET_LEVELS: StockLevels = {
  minimumStockLevel: 50,
  maximumStockLevel: 2 * PRESET_TOTAL,
  reorderPoint: 100,
  reorderQuantity: PRESET_TOTAL,
}
const SEVERAL = 'MULTIPLE_WAREHOUSES'

export class Stock {
  readonly #items = new Map<string, StockItem>()
  /** Selections of products by the path that asked for them. */
  readonly found = new Map<string, readonly JsonObject[]>()
  #lastProduct = 0
  #lastEntry = 0

  constructor(products: readonly Product[]) {
    for (const { sku, name, category, price, image } of products) {
      const item = this.#put({ sku, name, category, price, image, status: 'ACTIVE' }, true, [])
      const full = { total: PRESET_TOTAL, available: PRESET_TOTAL, reserved: 0, ...PRESET_LEVELS }
      this.#enter(item, { ...full, warehouse: PRESET_WAREHOUSE }, true)
    }
  }

  get(sku: string): StockItem | undefined {
    return this.#items.get(sku)
  }

  values(): Iterable<StockItem> {
    return this.#items.values()
  }

  /** Takes a product into the catalogue; undefined if a client has done so before. */
  addProduct(product: ProductDescription): StockItem | undefined {
    const known = this.#items.get(product.sku)
    if (known?.preset === false) return undefined
    this.found.clear()
    return this.#put(product, false, known?.warehouses ?? [])
  }

  /** Takes stock into a warehouse; undefined if a client has done so before. */
  addEntry(item: StockItem, entry: StockEntry): WarehouseStock | undefined {
    if (item.warehouses[0]?.preset === true) item.warehouses.length = 0
    if (warehouseOf(item, entry.warehouse) !== undefined) return undefined
    return this.#enter(item, entry, false)
  }

  #put(product: ProductDescription, preset: boolean, warehouses: WarehouseStock[]): StockItem {
    const { sku, name, category } = product
    const item = {
      product,
      productView: { id: ++this.#lastProduct, ...product },
      searchText: `${name}\n${category}`.toLowerCase(),
      preset,
      warehouses,
      view: undefined,
    }
    // They show the name and the price.
    for (const stock of warehouses) stock.view = undefined
    this.#items.set(sku, item)
    return item
  }

  #enter(item: StockItem, entry: StockEntry, preset: boolean): WarehouseStock {
    const stock = { id: ++this.#lastEntry, ...entry, preset, view: undefined }
    item.warehouses.push(stock)
    item.view = undefined
    return stock
  }
}

export function warehouseOf(item: StockItem, warehouse: string): WarehouseStock | undefined {
  return item.warehouses.find((stock) => stock.warehouse === warehouse)
}

/** Where so much is to be had at once: in the given warehouse, or in the first one that has it. */
export function warehouseWith(
  item: StockItem,
  quantity: number,
  warehouse: string,
): WarehouseStock | undefined {
  for (const stock of item.warehouses) {
    if (stock.available >= quantity && (warehouse === '' || stock.warehouse === warehouse)) return stock
  }
  return undefined
}

/** Every change of a stock goes through here. */
export function changeStock(
  item: StockItem,
  stock: WarehouseStock,
  by: { readonly total?: number; readonly available?: number; readonly reserved?: number },
): void {
  stock.total += by.total ?? 0
  stock.available += by.available ?? 0
  stock.reserved += by.reserved ?? 0
  stock.view = undefined
  item.view = undefined
}

/** A product in one warehouse. */
export function warehouseView({ product }: StockItem, stock: WarehouseStock): JsonObject {
  return (stock.view ??= viewOf(product, stock))
}

/** A product in all warehouses that have it, summed up; undefined if none has an entry for it. */
export function stockView(item: StockItem): JsonObject | undefined {
  const { warehouses } = item
  if (warehouses.length === 1) return warehouseView(item, warehouses[0]!)
  if (warehouses.length === 0) return undefined
  return (item.view ??= viewOf(item.product, warehouses.reduce(sum, NOTHING)))
}

type ShownStock = StockEntry & { readonly id: number }

const NOTHING: ShownStock = {
  id: 0,
  warehouse: SEVERAL,
  total: 0,
  available: 0,
  reserved: 0,
  minimumStockLevel: 0,
  maximumStockLevel: 0,
  reorderPoint: 0,
  reorderQuantity: 0,
}

/** Under the id of the first. */
function sum(a: ShownStock, b: ShownStock): ShownStock {
  return {
    id: a.id || b.id,
    warehouse: a.warehouse,
    total: a.total + b.total,
    available: a.available + b.available,
    reserved: a.reserved + b.reserved,
    minimumStockLevel: a.minimumStockLevel + b.minimumStockLevel,
    maximumStockLevel: a.maximumStockLevel + b.maximumStockLevel,
    reorderPoint: a.reorderPoint + b.reorderPoint,
    reorderQuantity: a.reorderQuantity + b.reorderQuantity,
  }
}

function viewOf({ sku, name, price }: ProductDescription, stock: ShownStock): JsonObject {
  return {
    id: stock.id,
    productSku: sku,
    sku,
    name,
    price,
    warehouseLocation: stock.warehouse,
    totalQuantity: stock.total,
    availableQuantity: stock.available,
    reservedQuantity: stock.reserved,
    minimumStockLevel: stock.minimumStockLevel,
    maximumStockLevel: stock.maximumStockLevel,
    reorderPoint: stock.reorderPoint,
    reorderQuantity: stock.reorderQuantity,
    lowStock: stock.available <= stock.reorderPoint,
    outOfStock: stock.available <= 0,
  }
}
