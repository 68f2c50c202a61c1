/** A queue of small integers that allocates only when it grows: one per instance, for what is under way there. */

const FIRST_CAPACITY = 16
/** Answers that never come must not pile up: then the oldest are forgotten. */
const MOST = 65_536

export class SmallQueue {
  #items = new Int8Array(FIRST_CAPACITY)
  #first = 0
  #length = 0

  push(item: number): void {
    if (this.#length === this.#items.length) this.#makeRoom()
    this.#items[(this.#first + this.#length++) % this.#items.length] = item
  }

  /** The oldest; `none` if there is none. */
  take(none: number): number {
    if (this.#length === 0) return none
    const item = this.#items[this.#first]!
    this.#first = (this.#first + 1) % this.#items.length
    this.#length--
    return item
  }

  #makeRoom(): void {
    if (this.#length === MOST) {
      this.take(0)
      return
    }
    const larger = new Int8Array(this.#length * 2)
    for (let i = 0; i < this.#length; i++) larger[i] = this.#items[(this.#first + i) % this.#length]!
    this.#items = larger
    this.#first = 0
  }
}
