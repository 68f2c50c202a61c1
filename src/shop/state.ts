/** The state of the shop: what its databases hold, shared by all replicas of a service. */
import type { JsonObject } from '../core/index.ts'
import type { Product } from '../scenario/index.ts'
import { isoTime } from './iso-time.ts'
import { type TokenMint, tokenExpiresAtMs } from './token.ts'

export interface User {
  readonly id: number
  readonly email: string
  readonly password: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumber: string
  /**
   * Tokens of the newest login and of the one before it. Both are good: the order of a session that is over may still
   * be on its way with the token of that session.
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
  /** As the cart service shows it; undefined after a change, until somebody looks. */
  view: JsonObject | undefined
}

export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLED'

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
}

export interface Payment {
  readonly id: number
  readonly userId: string
  readonly orderId: number | null
  readonly amount: number
  readonly currency: string
  status: 'COMPLETED' | 'FAILED' | 'REFUNDED'
}

export interface Notification {
  readonly id: number
  readonly userId: string
  readonly type: string
  readonly title: string
  readonly createdAtMs: number
}

export interface StockItem {
  readonly product: Product
  /** As the catalogue shows it: made once, since products do not change. */
  readonly productView: JsonObject
  /** What a search looks through: name and category in lower case. */
  readonly searchText: string
  total: number
  reserved: number
  /** As the inventory shows it; undefined after a change, until somebody looks. */
  view: JsonObject | undefined
}

export interface Reservation {
  readonly sku: string
  readonly quantity: number
  open: boolean
}

/** So much of every product that a run never sells out by itself. */
const STOCK_PER_PRODUCT = 1_000_000
/** Only the newest are kept of what grows with every order and is only ever read one by one. */
const KEPT_NOTIFICATIONS = 10_000

export class ShopState {
  readonly #mint: TokenMint
  readonly stock: ReadonlyMap<string, StockItem>
  /** Selections of products by the path that asked for them. */
  readonly found = new Map<string, readonly JsonObject[]>()
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

  constructor(products: readonly Product[], mint: TokenMint) {
    this.#mint = mint
    this.stock = new Map(products.map((product) => [product.sku, stockItem(product)]))
  }

  nextId(): number {
    return ++this.#lastId
  }

  addUser(user: User): void {
    this.usersByEmail.set(user.email, user)
    this.usersById.set(user.id, user)
  }

  /** A token that `userOf` knows for 24 hours. The login after the next one ends it. */
  login(user: User, nowMs: number): string {
    const claims = { sub: user.email, userId: String(user.id), email: user.email, authorities: ['ROLE_USER'] }
    const token = this.#mint(claims, nowMs)
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
    return entry !== undefined && nowMs < entry.expiresAtMs ? entry.user : undefined
  }

  /** The cart of a user, made if there is none. */
  cartOf(userId: number, nowMs: number): Cart {
    let cart = this.carts.get(userId)
    if (cart === undefined) {
      const createdAt = isoTime(nowMs)
      cart = { id: this.nextId(), userId, items: new Map(), createdAt, updatedAt: createdAt, view: undefined }
      this.carts.set(userId, cart)
    }
    return cart
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

function stockItem(product: Product): StockItem {
  const { sku, name, category, price, image } = product
  return {
    product,
    productView: { sku, name, category, price, image, status: 'ACTIVE' },
    searchText: `${name}\n${category}`.toLowerCase(),
    total: STOCK_PER_PRODUCT,
    reserved: 0,
    view: undefined,
  }
}
