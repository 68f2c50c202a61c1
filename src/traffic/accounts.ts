/** The customers: a fixed set of accounts, each in at most one session at a time. */
import { type Segment, shareOf, WHOLE } from './segment.ts'

/** All that is told of a customer follows from the number: there may be many, and few are talking at a time. */
export class Account {
  readonly number: number
  readonly #prefix: string
  /** Known to the shop since an earlier session of this run. */
  registered = false

  constructor(number: number, prefix: string) {
    this.number = number
    this.#prefix = prefix
  }

  get email(): string {
    return `customer-${this.#prefix}-${this.number}@shop.example`
  }

  get password(): string {
    return `Shopping-${this.number}!`
  }

  get firstName(): string {
    return 'Customer'
  }

  get lastName(): string {
    return `Number${this.number}`
  }

  get phoneNumber(): string {
    return `+1555${String(this.number).padStart(7, '0')}`
  }
}

export class Accounts {
  readonly #free: Account[]
  #head = 0

  /**
   * @param prefix keeps the accounts of different runs against one target apart
   * @param segment only its own share of them is there, so that no other segment has one of them in a session
   */
  constructor(count: number, prefix: string, segment: Segment = WHOLE) {
    this.#free = Array.from({ length: shareOf(segment, count) }, (_, i) => {
      return new Account(i * segment.count + segment.index + 1, prefix)
    })
  }

  get hasFree(): boolean {
    return this.#head < this.#free.length
  }

  /** The account that has been idle longest; undefined if all are in a session. */
  take(): Account | undefined {
    if (this.#head === this.#free.length) return undefined
    const taken = this.#free[this.#head]!
    this.#head++
    if (this.#head > 1024 && this.#head * 2 > this.#free.length) {
      this.#free.splice(0, this.#head)
      this.#head = 0
    }
    return taken
  }

  giveBack(account: Account): void {
    this.#free.push(account)
  }
}
