/**
 * The event queue of the virtual world: events leave by time, and those of one instant in the order in which they
 * were scheduled, which is what makes runs reproducible.
 *
 * Few events are in a heap. Where many wait (fifty thousand users who think), only those that are due soon are, and
 * the others in buckets of time: the cost of an event does not depend on how many there are. Hot path: see
 * `bench/event-core.bench.ts`.
 */
import { EventHeap, HIGH, ORDERS } from './event-heap.ts'
import { FarEvents } from './far-events.ts'

/** As long as there are no more, the heap alone is faster. */
const HEAP_LIMIT = 128

export class EventQueue {
  readonly #heap = new EventHeap()
  readonly #far = new FarEvents(this.#heap)
  #heapLimit = HEAP_LIMIT
  #order: number
  /** The order that was next when the events were last spread. */
  #spreadAt: number

  /** @param order of the first event; they are counted anew when there are no numbers left */
  constructor(order = 0) {
    this.#order = order
    this.#spreadAt = order
  }

  get size(): number {
    return this.#heap.size + this.#far.size
  }

  /** Time of the next event; Infinity when there is none. */
  get nextTimeMs(): number {
    return this.#heap.nextTimeMs
  }

  /**
   * @param timeMs finite
   * @param payload what the event means, an int32 of the caller's making
   */
  push(timeMs: number, payload: number): void {
    if (this.#order === ORDERS) this.#renumber()
    const order = this.#order++
    if (this.#far.isFar(timeMs)) {
      this.#far.push(timeMs, order, payload)
      if (this.#heap.size === 0) this.#pour()
    } else {
      this.#heap.push(timeMs, order, payload)
      if (this.#heap.size > this.#heapLimit) this.#spread()
    }
  }

  /** Takes the next event and returns its payload. The queue must not be empty. */
  pop(): number {
    const payload = this.#heap.pop()
    if (this.#heap.size === 0 && this.#far.size > 0) this.#pour()
    return payload
  }

  #pour(): void {
    this.#far.pour()
    this.#heapLimit = Math.max(HEAP_LIMIT, 2 * this.#heap.size)
  }

  /** Spreading costs as much as there are events, so there must have been as many pushes since the last time. */
  #spread(): void {
    if (this.#order - this.#spreadAt < this.size) this.#heapLimit = this.#heap.size + HEAP_LIMIT
    else {
      this.#spreadAt = this.#order
      this.#far.spread()
      // Events of one instant cannot be spread.
      this.#heapLimit = Math.max(HEAP_LIMIT, 2 * this.#heap.size)
    }
  }

  /** Gives the events that wait the first numbers, in the order that they have. */
  #renumber(): void {
    const packed = new Float64Array(this.size)
    let count = 0
    const collect = (one: number): number => (packed[count++] = one)
    this.#heap.repack(collect)
    this.#far.repack(collect)
    packed.sort()
    const places = new Map(Array.from(packed, (one, place) => [one, place]))
    const halves = new Int32Array(packed.buffer)
    const renumbered = (one: number): number => {
      const place = places.get(one)!
      halves[2 * place + HIGH] = place
      return packed[place]!
    }
    this.#heap.repack(renumbered)
    this.#far.repack(renumbered)
    this.#order = count
    this.#spreadAt = count
  }
}
