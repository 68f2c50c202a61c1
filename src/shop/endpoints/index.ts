/** All endpoints of the shop, in the order in which a service tries its routes. */
import type { Endpoint } from '../endpoint.ts'
import { cartEndpoints } from './cart.ts'
import { healthEndpoints } from './health.ts'
import { inventoryEndpoints } from './inventory.ts'
import { notificationEndpoints } from './notification.ts'
import { orderEndpoints } from './order.ts'
import { paymentEndpoints } from './payment.ts'
import { userEndpoints } from './user.ts'

export const endpoints: readonly Endpoint[] = [
  ...userEndpoints,
  ...inventoryEndpoints,
  ...cartEndpoints,
  ...orderEndpoints,
  ...paymentEndpoints,
  ...notificationEndpoints,
  ...healthEndpoints,
]
