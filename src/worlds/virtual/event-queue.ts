/**
 * The event queue of the virtual world: a 4-ary heap in typed arrays, keyed by time and then by order of entry.
 *
 * The second key makes runs reproducible: events of one instant happen in the order in which they were scheduled.
 * Four children per node halve the depth of a binary heap and share a cache line. Hot path: see
 * `bench/event-queue.bench.ts`.
 */
export class EventQueue {
  #times = new Float64Array(1024)
  #orders = new Float64Array(1024)
  #payloads = new Int32Array(1024)
  #size = 0
  #entered = 0

  get size(): number {
    return this.#size
  }

  /** Time of the next event; Infinity when there is none. */
  get nextTimeMs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!
  }

  /** @param payload what the event means, an int32 of the caller's making */
  push(timeMs: number, payload: number): void {
    if (this.#size === this.#payloads.length) this.#grow()
    const times = this.#times
    const orders = this.#orders
    const payloads = this.#payloads
    let at = this.#size++
    // The newest entry is last among equals, so only a later time has to move down.
    while (at > 0) {
      const parent = (at - 1) >> 2
      if (times[parent]! <= timeMs) break
      times[at] = times[parent]!
      orders[at] = orders[parent]!
      payloads[at] = payloads[parent]!
      at = parent
    }
    times[at] = timeMs
    orders[at] = this.#entered++
    payloads[at] = payload
  }

  /** Takes the next event and returns its payload. The queue must not be empty. */
  pop(): number {
    const payload = this.#payloads[0]!
    const size = --this.#size
    if (size > 0) this.#sink(this.#times[size]!, this.#orders[size]!, this.#payloads[size]!, size)
    return payload
  }

  /** Puts an entry in place of the root. */
  #sink(timeMs: number, order: number, payload: number, size: number): void {
    const times = this.#times
    const orders = this.#orders
    const payloads = this.#payloads
    let at = 0
    for (let child = 1; child < size; child = at * 4 + 1) {
      let least = child
      const end = Math.min(child + 4, size)
      for (let i = child + 1; i < end; i++) {
        const earlier =
          times[i]! < times[least]! || (times[i] === times[least] && orders[i]! < orders[least]!)
        if (earlier) least = i
      }
      if (timeMs < times[least]! || (timeMs === times[least] && order < orders[least]!)) break
      times[at] = times[least]!
      orders[at] = orders[least]!
      payloads[at] = payloads[least]!
      at = least
    }
    times[at] = timeMs
    orders[at] = order
    payloads[at] = payload
  }

  #grow(): void {
    const capacity = this.#payloads.length * 2
    const times = new Float64Array(capacity)
    const orders = new Float64Array(capacity)
    const payloads = new Int32Array(capacity)
    times.set(this.#times)
    orders.set(this.#orders)
    payloads.set(this.#payloads)
    this.#times = times
    this.#orders = orders
    this.#payloads = payloads
  }
}
