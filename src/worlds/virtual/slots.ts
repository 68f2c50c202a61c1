/** Things that wait, each in a slot with a small number, so that an event can name them. */
export class Slots<T> {
  readonly #items: (T | undefined)[] = []
  readonly #free: number[] = []

  /** Returns the slot that the item waits in. */
  put(item: T): number {
    const slot = this.#free.pop() ?? this.#items.length
    this.#items[slot] = item
    return slot
  }

  /** The item in the slot; undefined if it is free. */
  at(slot: number): T | undefined {
    return this.#items[slot]
  }

  /** All items that wait now. */
  *all(): Iterable<T> {
    for (const item of [...this.#items]) if (item !== undefined) yield item
  }

  /** Takes the item out of its slot. */
  take(slot: number): T {
    const item = this.#items[slot]!
    this.#items[slot] = undefined
    this.#free.push(slot)
    return item
  }
}
