/**
 * Deadlines of one fixed delay, in the order in which they were set.
 *
 * Because every entry waits equally long, the queue is a ring and needs no heap: setting a deadline costs a few
 * stores, and a call that ends in time is simply found stale when its turn comes.
 */
export class DeadlineQueue {
  readonly #delayMs: number
  #dueAtMs = new Float64Array(64)
  #ids = new Float64Array(64)
  #head = 0
  #size = 0

  constructor(delayMs: number) {
    this.#delayMs = delayMs
  }

  /** Remembers that `id` is due `delayMs` from now. `nowMs` must not go backwards. */
  add(id: number, nowMs: number): void {
    if (this.#size === this.#ids.length) this.#grow()
    const tail = (this.#head + this.#size) & (this.#ids.length - 1)
    this.#ids[tail] = id
    this.#dueAtMs[tail] = nowMs + this.#delayMs
    this.#size++
  }

  /** When the oldest entry is due; Infinity when there is none. */
  nextDueAtMs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#dueAtMs[this.#head]!
  }

  /** Drops the oldest entries as long as nobody waits for them any more. */
  dropStale(isLive: (id: number) => boolean): void {
    while (this.#size > 0 && !isLive(this.#ids[this.#head]!)) this.#drop()
  }

  /** Takes the oldest entry if it is due, or returns -1. */
  takeDue(nowMs: number): number {
    if (this.#size === 0 || this.#dueAtMs[this.#head]! > nowMs) return -1
    const id = this.#ids[this.#head]!
    this.#drop()
    return id
  }

  #drop(): void {
    this.#head = (this.#head + 1) & (this.#ids.length - 1)
    this.#size--
  }

  #grow(): void {
    const capacity = this.#ids.length
    const ids = new Float64Array(capacity * 2)
    const dueAtMs = new Float64Array(capacity * 2)
    for (let i = 0; i < this.#size; i++) {
      const from = (this.#head + i) & (capacity - 1)
      ids[i] = this.#ids[from]!
      dueAtMs[i] = this.#dueAtMs[from]!
    }
    this.#ids = ids
    this.#dueAtMs = dueAtMs
    this.#head = 0
  }
}
