/**
 * The integral of a number of users over time.
 *
 * Times are taken in whole microseconds: integers add up exactly, so the shares of several processes come to what one
 * would have counted, up to 2^53 µs (a hundred thousand users for a day).
 */
const US_PER_MS = 1000

export function wholeUs(ms: number): number {
  return Math.round(ms * US_PER_MS)
}

export class UserTime {
  #userUs = 0

  add(users: number, fromUs: number, toUs: number): void {
    this.#userUs += users * (toUs - fromUs)
  }

  /** In user-milliseconds. */
  get userMs(): number {
    return this.#userUs / US_PER_MS
  }

  merge(other: UserTime): void {
    this.#userUs += other.#userUs
  }

  /** In user-microseconds. */
  toJSON(): number {
    return this.#userUs
  }

  static fromJSON(userUs: number): UserTime {
    const time = new UserTime()
    time.#userUs = userUs
    return time
  }
}
