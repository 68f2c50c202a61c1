/** The customers: a fixed set of accounts, each in at most one session at a time. */

export interface Account {
  readonly number: number
  readonly email: string
  readonly password: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumber: string
  /** Known to the shop since an earlier session of this run. */
  registered: boolean
}

export class Accounts {
  readonly #free: Account[]
  #head = 0

  /** @param prefix keeps the accounts of different runs against one target apart */
  constructor(count: number, prefix: string) {
    this.#free = Array.from({ length: count }, (_, i) => account(i + 1, prefix))
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

function account(number: number, prefix: string): Account {
  return {
    number,
    email: `customer-${prefix}-${number}@shop.example`,
    password: `Shopping-${number}!`,
    firstName: 'Customer',
    lastName: `Number${number}`,
    phoneNumber: `+1555${String(number).padStart(7, '0')}`,
    registered: false,
  }
}
