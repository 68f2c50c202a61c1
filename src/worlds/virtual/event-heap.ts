/**
 * The events that come next: a 4-ary heap in typed arrays, keyed by time and then by order of entry.
 *
 * Four children per node halve the depth of a binary heap. Order and payload are the two halves of one double, so
 * that an entry moves with two stores, and doubles compare as their orders do. A popped root stays a hole until it is
 * known what happens next: mostly a push, which fills it from above, so that pop and push cost one way down instead
 * of two.
 */

/** Orders go from 0 to below this: from here on, the upper half of a double would make it no number. */
export const ORDERS = 0x7ff00000

const FIRST_CAPACITY = 1024
/** Where the halves of a double are: little-endian machines have the low one first. */
export const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1
export const HIGH = 1 - LOW
/** What is packed of an entry that is newer than all others. */
const NEWEST = Number.POSITIVE_INFINITY

export class EventHeap {
  // Where a node has fewer than four children, the times of the missing ones are Infinity.
  #times = new Float64Array(FIRST_CAPACITY).fill(Number.POSITIVE_INFINITY)
  #packed = new Float64Array(FIRST_CAPACITY)
  #halves = new Int32Array(this.#packed.buffer)
  /** With the hole, if there is one. */
  #size = 0
  #hole = false

  get size(): number {
    return this.#hole ? this.#size - 1 : this.#size
  }

  /** Time of the next event; Infinity when there is none. */
  get nextTimeMs(): number {
    if (this.#hole) this.#closeHole()
    return this.#times[0]!
  }

  /** Adds an entry that is newer than all others. */
  push(timeMs: number, order: number, payload: number): void {
    const at = this.#hole ? this.#sink(timeMs, NEWEST) : this.#rise(timeMs, NEWEST)
    this.#hole = false
    this.#halves[2 * at + LOW] = payload
    this.#halves[2 * at + HIGH] = order
  }

  /** Adds an entry that has been in another heap or store: its order and payload as they were packed. */
  insert(timeMs: number, packed: number): void {
    if (this.#hole) this.#closeHole()
    const at = this.#rise(timeMs, packed)
    this.#packed[at] = packed
  }

  /** Takes the next event and returns its payload. There must be one. */
  pop(): number {
    if (this.#hole) this.#closeHole()
    this.#hole = true
    return this.#halves[LOW]!
  }

  /** Hands all entries to `take`, in no order, and is empty. */
  drain(take: (timeMs: number, packed: number) => void): void {
    if (this.#hole) this.#closeHole()
    for (let i = 0; i < this.#size; i++) take(this.#times[i]!, this.#packed[i]!)
    this.#times.fill(Number.POSITIVE_INFINITY, 0, this.#size)
    this.#size = 0
  }

  /** Replaces what is packed of every entry; their order must stay what it is. */
  repack(repacked: (packed: number) => number): void {
    if (this.#hole) this.#closeHole()
    for (let i = 0; i < this.#size; i++) this.#packed[i] = repacked(this.#packed[i]!)
  }

  #closeHole(): void {
    this.#hole = false
    const last = --this.#size
    const timeMs = this.#times[last]!
    const packed = this.#packed[last]!
    this.#times[last] = Number.POSITIVE_INFINITY
    if (last === 0) return
    const at = this.#sink(timeMs, packed)
    this.#packed[at] = packed
  }

  /** Makes room for an entry from the last place upwards; the caller packs it into the place that is returned. */
  #rise(timeMs: number, packed: number): number {
    if (this.#size + 4 > this.#times.length) this.#grow()
    const times = this.#times
    const others = this.#packed
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 2
      const parentMs = times[parent]!
      if (parentMs < timeMs || (parentMs === timeMs && others[parent]! < packed)) break
      times[at] = parentMs
      others[at] = others[parent]!
      at = parent
    }
    times[at] = timeMs
    return at
  }

  /** Makes room for an entry from the root downwards; the caller packs it into the place that is returned. */
  #sink(timeMs: number, packed: number): number {
    const times = this.#times
    const others = this.#packed
    const size = this.#size
    let at = 0
    for (let child = 1; child < size; child = at * 4 + 1) {
      // Unrolled, since a loop over three costs a fifth more.
      let least = child
      let leastMs = times[child]!
      let nextMs = times[child + 1]!
      if (nextMs < leastMs || (nextMs === leastMs && others[child + 1]! < others[least]!)) {
        least = child + 1
        leastMs = nextMs
      }
      nextMs = times[child + 2]!
      if (nextMs < leastMs || (nextMs === leastMs && others[child + 2]! < others[least]!)) {
        least = child + 2
        leastMs = nextMs
      }
      nextMs = times[child + 3]!
      if (nextMs < leastMs || (nextMs === leastMs && others[child + 3]! < others[least]!)) {
        least = child + 3
        leastMs = nextMs
      }
      if (timeMs < leastMs || (timeMs === leastMs && packed < others[least]!)) break
      times[at] = leastMs
      others[at] = others[least]!
      at = least
    }
    times[at] = timeMs
    return at
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2).fill(Number.POSITIVE_INFINITY)
    const packed = new Float64Array(times.length)
    times.set(this.#times)
    packed.set(this.#packed)
    this.#times = times
    this.#packed = packed
    this.#halves = new Int32Array(packed.buffer)
  }
}
