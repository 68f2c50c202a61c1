/** The state of the shop: what its databases hold, shared by all replicas of a service. */
import type { Json, JsonObject, RandomStreams } from '../core/index.ts'
import type { Product } from '../scenario/index.ts'
import { isoTime } from './iso-time.ts'
import { Stock, type WarehouseStock } from './stock.ts'
import { type TokenMint, tokenExpiresAtMs } from './token.ts'

export interface User {
  readonly id: number
  readonly email: string
  readonly password: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumber: string
  /** Sees the accounts of others, too. */
  readonly isAdmin: boolean
  /**
   * Tokens of the newest login and of the one before it: the order of a session that is over may still be on its way
   * with the token of that session.
   */
  token: string | undefined
  tokenBefore: string | undefined
}

export interface CartItem {
  readonly productId: string
  readonly productName: string
  readonly productImage: string
  readonly price: number
  quantity: number
  /** ISO 8601; written once, since carts are shown far more often than changed. */
  readonly addedAt: string
}

export interface Cart {
  readonly id: number
  readonly userId: number
  readonly items: Map<string, CartItem>
  readonly createdAt: string
  updatedAt: string
  /** The browser session that was last named with it. */
  sessionId: string | null
  /** As the cart service shows it; undefined after a change, until somebody looks. */
  view: JsonObject | undefined
}

export const ORDER_STATUSES = [
  'PENDING',
  'CONFIRMED',
  'PROCESSING',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]

export interface Order {
  readonly id: number
  readonly number: string
  readonly userId: number
  readonly email: string
  readonly items: readonly CartItem[]
  readonly totalAmount: number
  readonly totalItems: number
  readonly createdAtMs: number
  status: OrderStatus
  paymentId: number | null
  paymentStatus: PaymentStatus | null
}

export type PaymentStatus = 'COMPLETED' | 'FAILED' | 'REFUNDED'

export interface Payment {
  readonly id: number
  readonly userId: string
  readonly orderId: number | null
  readonly orderNumber: string | null
  readonly amount: number
  readonly currency: string
  readonly paymentMethod: string | null
  status: PaymentStatus
}

export const NOTIFICATION_STATUSES = [
  'PENDING',
  'SCHEDULED',
  'SENT',
  'DELIVERED',
  'READ',
  'FAILED',
  'CANCELLED',
] as const
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number]

export interface Notification {
  readonly id: number
  readonly userId: string
  readonly type: string
  readonly title: string
  readonly message: string
  readonly channels: readonly Json[]
  readonly priority: string
  /** ISO 8601, as the client said it; null for one that went out at once. */
  readonly scheduledAt: string | null
  readonly createdAtMs: number
  status: NotificationStatus
}

export interface Reservation {
  readonly sku: string
  /** Where it lies, unless a client has put stock of its own in its place. */
  readonly stock: WarehouseStock
  readonly quantity: number
  open: boolean
}

/** Only the newest are kept of what grows with every order and is only ever read one by one. */
const KEPT_NOTIFICATIONS = 10_000

export class ShopState {
  readonly #mint: TokenMint
  readonly random: RandomStreams
  readonly stock: Stock
  readonly usersByEmail = new Map<string, User>()
  readonly usersById = new Map<number, User>()
  readonly carts = new Map<number, Cart>()
  readonly orders = new Map<number, Order>()
  readonly ordersByUser = new Map<number, Order[]>()
  readonly payments = new Map<number, Payment>()
  readonly reservations = new Map<number, Reservation>()
  readonly notifications = new Map<number, Notification>()
  readonly #tokens = new Map<string, { user: User; expiresAtMs: number }>()
  #lastId = 0

  constructor(products: readonly Product[], mint: TokenMint, random: RandomStreams) {
    this.#mint = mint
    this.random = random
    this.stock = new Stock(products)
  }

  nextId(): number {
    return ++this.#lastId
  }

  addUser(user: User): void {
    this.usersByEmail.set(user.email, user)
    this.usersById.set(user.id, user)
  }

  /** A token that `userOf` knows for 24 hours. If its mint cannot read it, the login after the next one ends it. */
  login(user: User, nowMs: number): string {
    const authorities = user.isAdmin ? ['ROLE_USER', 'ROLE_ADMIN'] : ['ROLE_USER']
    const claims = { sub: user.email, userId: String(user.id), email: user.email, authorities }
    const token = this.#mint.issue(claims, nowMs)
    if (user.token === token) return token // two logins within a second
    if (user.tokenBefore !== undefined) this.#tokens.delete(user.tokenBefore)
    user.tokenBefore = user.token
    user.token = token
    this.#tokens.set(token, { user, expiresAtMs: tokenExpiresAtMs(nowMs) })
    return token
  }

  userOf(token: string | undefined, nowMs: number): User | undefined {
    if (token === undefined) return undefined
    const entry = this.#tokens.get(token)
    if (entry !== undefined) return nowMs < entry.expiresAtMs ? entry.user : undefined
    const email = this.#mint.subjectOf(token, nowMs)
    return email === undefined ? undefined : this.usersByEmail.get(email)
  }

  /** The cart of a user, made if there is none. It stays: the predecessor forgets carts after two hours. */
  cartOf(userId: number, nowMs: number): Cart {
    const known = this.carts.get(userId)
    if (known !== undefined) return known
    const createdAt = isoTime(nowMs)
    const cart = {
      id: this.nextId(),
      userId,
      items: new Map(),
      createdAt,
      updatedAt: createdAt,
      sessionId: null,
      view: undefined,
    }
    this.carts.set(userId, cart)
    return cart
  }

  /** Every change of a cart ends here. */
  touchCart(cart: Cart, nowMs: number): void {
    cart.updatedAt = isoTime(nowMs)
    cart.view = undefined
  }

  addOrder(order: Order): void {
    this.orders.set(order.id, order)
    const orders = this.ordersByUser.get(order.userId)
    if (orders === undefined) this.ordersByUser.set(order.userId, [order])
    else orders.push(order)
  }

  addNotification(notification: Notification): void {
    this.notifications.set(notification.id, notification)
    if (this.notifications.size > KEPT_NOTIFICATIONS) {
      this.notifications.delete(this.notifications.keys().next().value!)
    }
  }
}
