/** Reusable objects with a slot number each, so that an event can name one by a small integer. */
export class Pool<T extends { readonly slot: number }> {
  readonly #make: (slot: number) => T
  readonly #items: T[] = []
  readonly #free: T[] = []

  constructor(make: (slot: number) => T) {
    this.#make = make
  }

  take(): T {
    const free = this.#free.pop()
    if (free !== undefined) return free
    const made = this.#make(this.#items.length)
    this.#items.push(made)
    return made
  }

  at(slot: number): T {
    return this.#items[slot]!
  }

  /** All items, those that are free among them. */
  each(visit: (item: T) => void): void {
    for (const item of this.#items) visit(item)
  }

  /** The item may be taken again. Its owner must not use it any more. */
  free(item: T): void {
    this.#free.push(item)
  }
}
