/**
 * All endpoints of the shop, in the order in which a service tries its routes. A route class is known by its place in
 * this list: whatever is new is added at the end, so that the numbers in records stay what they were.
 */
import type { Endpoint } from '../endpoint.ts'
import { actuatorEndpoints } from './actuator.ts'
import { cartEndpoints } from './cart.ts'
import { cartHandover } from './cart-handover.ts'
import { degradationEndpoints } from './degradation.ts'
import { healthEndpoints } from './health.ts'
import { inventoryEndpoints } from './inventory.ts'
import { inventoryLists } from './inventory-lists.ts'
import { inventorySetup } from './inventory-setup.ts'
import { notificationEndpoints } from './notification.ts'
import { notificationDesk } from './notification-desk.ts'
import { orderEndpoints } from './order.ts'
import { orderDesk } from './order-desk.ts'
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
  ...inventoryLists,
  ...inventorySetup,
  ...cartHandover,
  ...orderDesk,
  ...notificationDesk,
  ...degradationEndpoints,
  ...actuatorEndpoints,
]
