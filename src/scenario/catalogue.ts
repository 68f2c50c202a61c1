/** The products and addresses of a scenario that brings none of its own. */
import type { Address, Product } from './scenario.ts'

function product(sku: string, name: string, category: string, price: number, popularity: number): Product {
  const image = `https://example.com/images/${sku.toLowerCase()}.jpg`
  return { sku, name, category, price, image, popularity }
}

/** Popularity falls off as in real shops: a few products get most of the views. */
export const PRODUCTS: readonly Product[] = [
  product('PHONE-001', 'Pocket Phone 6', 'Phones', 699, 1),
  product('HEADPHONES-001', 'Quiet Headphones', 'Audio', 199, 0.8),
  product('LAPTOP-001', 'Featherweight Laptop 14', 'Computers', 1299, 0.65),
  product('CASE-001', 'Phone Case Clear', 'Accessories', 19, 0.55),
  product('CHARGER-001', 'Fast Charger 65 W', 'Accessories', 39, 0.5),
  product('WATCH-001', 'Runner Watch', 'Wearables', 249, 0.4),
  product('TABLET-001', 'Sketch Tablet 11', 'Computers', 549, 0.35),
  product('SPEAKER-001', 'Kitchen Speaker', 'Audio', 89, 0.3),
  product('MOUSE-001', 'Silent Mouse', 'Accessories', 29, 0.25),
  product('CAMERA-001', 'Travel Camera', 'Photography', 899, 0.18),
  product('MONITOR-001', 'Wide Monitor 34', 'Computers', 479, 0.15),
  product('DRONE-001', 'Garden Drone', 'Photography', 1099, 0.08),
]

export const ADDRESSES: readonly Address[] = [
  {
    street: '12 Harbour Road',
    city: 'Boston',
    state: 'MA',
    zipCode: '02110',
    country: 'US',
    phone: '+16175550101',
  },
  {
    street: '480 Cedar Avenue',
    city: 'Portland',
    state: 'OR',
    zipCode: '97204',
    country: 'US',
    phone: '+15035550102',
  },
  {
    street: '7 Mill Lane',
    city: 'Austin',
    state: 'TX',
    zipCode: '78701',
    country: 'US',
    phone: '+15125550103',
  },
  {
    street: '233 Lake Street',
    city: 'Madison',
    state: 'WI',
    zipCode: '53703',
    country: 'US',
    phone: '+16085550104',
  },
]
