import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  changeStock,
  type ProductDescription,
  Stock,
  stockView,
  warehouseView,
  warehouseWith,
} from '../../src/shop/index.ts'
import { smallScenario } from './small-scenario.ts'

const BOOK: ProductDescription = {
  sku: 'BOOK-1',
  name: 'Book',
  category: 'Books',
  price: 9,
  status: 'ACTIVE',
}
const WAREHOUSES = ['A', 'B', 'C']
const levels = { minimumStockLevel: 1, maximumStockLevel: 100, reorderPoint: 2, reorderQuantity: 10 }

const entryOf = (warehouse: string, total: number) => ({
  warehouse,
  total,
  available: total,
  reserved: 0,
  ...levels,
})

const step = fc.record({
  warehouse: fc.constantFrom('', ...WAREHOUSES),
  quantity: fc.integer({ min: 1, max: 30 }),
  end: fc.constantFrom('keep', 'release', 'confirm'),
  look: fc.boolean(),
})

it('never has less than nothing, and shows what there is, whoever looked when', () => {
  const totals = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50))
  fc.assert(
    fc.property(totals, fc.array(step, { maxLength: 30 }), (begun, steps) => {
      const stock = new Stock(smallScenario.products)
      const item = stock.addProduct(BOOK)!
      for (const [i, warehouse] of WAREHOUSES.entries()) stock.addEntry(item, entryOf(warehouse, begun[i]!))
      let sold = 0
      let kept = 0
      for (const { warehouse, quantity, end, look } of steps) {
        const place = warehouseWith(item, quantity, warehouse)
        if (place === undefined) {
          const asked = item.warehouses.filter((one) => warehouse === '' || one.warehouse === warehouse)
          expect(asked.every(({ available }) => available < quantity)).toBe(true)
          continue
        }
        changeStock(item, place, { available: -quantity, reserved: quantity })
        if (look) stockView(item)
        if (end === 'release') changeStock(item, place, { available: quantity, reserved: -quantity })
        if (end === 'confirm') changeStock(item, place, { total: -quantity, reserved: -quantity })
        if (end === 'confirm') sold += quantity
        if (end === 'keep') kept += quantity
        for (const { total, available, reserved } of item.warehouses) {
          expect(available).toBeGreaterThanOrEqual(0)
          expect(available + reserved).toBe(total)
        }
      }
      const total = begun[0] + begun[1] + begun[2] - sold
      const shown = { totalQuantity: total, reservedQuantity: kept, availableQuantity: total - kept }
      expect(stockView(item)).toMatchObject({ ...shown, warehouseLocation: 'MULTIPLE_WAREHOUSES' })
      for (const place of item.warehouses) {
        expect(warehouseView(item, place)).toMatchObject({
          availableQuantity: place.available,
          outOfStock: place.available === 0,
          lowStock: place.available <= levels.reorderPoint,
        })
      }
    }),
  )
})

it('shows one thing as often as it is asked, until it changes', () => {
  const stock = new Stock(smallScenario.products)
  const item = stock.get('PHONE-001')!
  const view = stockView(item)
  expect(stockView(item)).toBe(view)
  changeStock(item, item.warehouses[0]!, { available: -1, reserved: 1 })
  expect(stockView(item)).toMatchObject({ reservedQuantity: 1 })
})

it('forgets what was found when there is a new product', () => {
  const stock = new Stock(smallScenario.products)
  stock.found.set('/api/inventory/search?query=book', [])
  stock.addProduct(BOOK)
  expect(stock.found.size).toBe(0)
})

it('takes every product and every entry of clients once', () => {
  const stock = new Stock(smallScenario.products)
  for (const sku of ['PHONE-001', 'BOOK-1']) {
    const item = stock.addProduct({ ...BOOK, sku })!
    expect(stock.addProduct({ ...BOOK, sku })).toBeUndefined()
    expect(stock.addEntry(item, entryOf('A', 5))).toMatchObject({ total: 5 })
    expect(stock.addEntry(item, entryOf('A', 6))).toBeUndefined()
    expect(stockView(item)).toMatchObject({ warehouseLocation: 'A', totalQuantity: 5 })
  }
})
