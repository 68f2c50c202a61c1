/**
 * Events that are not due soon: think times of seconds, a user who comes in an hour.
 *
 * They wait unsorted in buckets of time, and behind the last bucket in one list. A bucket is sorted only when its
 * time comes, by the heap that it is poured into; so an event is touched three or four times on its way, however
 * many others wait. When all buckets have been poured, they are laid out anew, as wide as the events are dense.
 * This is a ladder queue of one rung (Tang, Goh, Thng, ACM TOMACS 15(3), 2005) with a heap at its bottom.
 */
import { type EventHeap, HIGH, LOW } from './event-heap.ts'

/** Events per bucket, on average over the nearer half of them. */
const PER_BUCKET = 6
/** How far the buckets reach, in median distances. */
const REACH = 3
/** So few events need no buckets. */
const FEW = 64
/** How many events tell the median distance. */
const SAMPLES = 65
const NONE = -1

export class FarEvents {
  readonly #heap: EventHeap
  readonly #samples = new Float64Array(SAMPLES)
  #startMs = 0
  /** 0 as long as there are no buckets: nothing is far then. */
  #bucketsPerMs = 0
  /** The first bucket that has not been poured. */
  #bucket = 1
  #buckets = 0
  /** By bucket: its first slot. */
  #heads = new Int32Array(64).fill(NONE)
  /** By slot: time, and order and payload packed; and the slot behind it in its bucket. */
  #slots = new Float64Array(2)
  #halves = new Int32Array(this.#slots.buffer)
  #next = new Int32Array([NONE])
  #freeSlot = 0
  #size = 0
  /** Behind the last bucket: as in the slots. */
  #later = new Float64Array(1024)
  #laterHalves = new Int32Array(this.#later.buffer)
  #laterSize = 0

  /** @param heap where events go when their time comes */
  constructor(heap: EventHeap) {
    this.#heap = heap
  }

  get size(): number {
    return this.#size + this.#laterSize
  }

  /** Whether an event of this time belongs here. Rises with the time, so that no event can overtake another. */
  isFar(timeMs: number): boolean {
    return (timeMs - this.#startMs) * this.#bucketsPerMs >= this.#bucket
  }

  /** Adds an event that is far. */
  push(timeMs: number, order: number, payload: number): void {
    const bucket = (timeMs - this.#startMs) * this.#bucketsPerMs
    if (bucket >= this.#buckets) {
      const at = this.#addLater(timeMs)
      this.#laterHalves[4 * at + 2 + LOW] = payload
      this.#laterHalves[4 * at + 2 + HIGH] = order
    } else {
      const at = this.#addToBucket(bucket | 0, timeMs)
      this.#halves[4 * at + 2 + LOW] = payload
      this.#halves[4 * at + 2 + HIGH] = order
    }
  }

  /** The heap is empty: pours the next bucket into it. There must be an event here. */
  pour(): void {
    while (this.#bucket < this.#buckets) {
      const bucket = this.#bucket++
      let slot = this.#heads[bucket]!
      if (slot === NONE) continue
      this.#heads[bucket] = NONE
      while (slot !== NONE) {
        this.#heap.insert(this.#slots[2 * slot]!, this.#slots[2 * slot + 1]!)
        slot = this.#release(slot)
      }
      return
    }
    this.#layOut()
  }

  /** The heap has more in it than it should: sorts everything into new buckets. */
  spread(): void {
    this.#heap.drain(this.#keepForLater)
    for (let bucket = this.#bucket; bucket < this.#buckets; bucket++) {
      let slot = this.#heads[bucket]!
      this.#heads[bucket] = NONE
      while (slot !== NONE) {
        this.#keepForLater(this.#slots[2 * slot]!, this.#slots[2 * slot + 1]!)
        slot = this.#release(slot)
      }
    }
    this.#layOut()
  }

  /** Replaces what is packed of every event. */
  repack(repacked: (packed: number) => number): void {
    for (let bucket = this.#bucket; bucket < this.#buckets; bucket++) {
      for (let slot = this.#heads[bucket]!; slot !== NONE; slot = this.#next[slot]!) {
        this.#slots[2 * slot + 1] = repacked(this.#slots[2 * slot + 1]!)
      }
    }
    for (let i = 0; i < this.#laterSize; i++) this.#later[2 * i + 1] = repacked(this.#later[2 * i + 1]!)
  }

  /** All events are in the later list: makes buckets for them and pours the first. */
  #layOut(): void {
    const count = this.#laterSize
    const later = this.#later
    let startMs = Number.POSITIVE_INFINITY
    for (let i = 0; i < count; i++) if (later[2 * i]! < startMs) startMs = later[2 * i]!
    const widthMs = (this.#medianMs() - startMs) * ((2 * PER_BUCKET) / count)
    const bucketsPerMs = 1 / widthMs
    this.#startMs = startMs
    this.#bucket = 1
    if (count > FEW && widthMs > 0 && bucketsPerMs > 0 && bucketsPerMs < Number.POSITIVE_INFINITY) {
      this.#bucketsPerMs = bucketsPerMs
      this.#buckets = Math.ceil((count * REACH) / (2 * PER_BUCKET))
      if (this.#buckets > this.#heads.length) this.#heads = new Int32Array(2 * this.#buckets).fill(NONE)
    } else {
      this.#bucketsPerMs = 0
      this.#buckets = 0
    }
    this.#laterSize = 0
    for (let i = 0; i < count; i++) this.#sort(later[2 * i]!, later[2 * i + 1]!)
  }

  /** Of the times in the later list; from evenly spread samples, if there are many. */
  #medianMs(): number {
    const count = Math.min(SAMPLES, this.#laterSize)
    const samples = this.#samples.subarray(0, count)
    const step = this.#laterSize / count
    for (let i = 0; i < count; i++) samples[i] = this.#later[2 * Math.floor(i * step)]!
    return samples.sort()[count >> 1]!
  }

  /** Puts an event where it belongs under the present layout. */
  #sort(timeMs: number, packed: number): void {
    const bucket = (timeMs - this.#startMs) * this.#bucketsPerMs
    if (!(bucket >= 1)) this.#heap.insert(timeMs, packed)
    else if (bucket >= this.#buckets) this.#keepForLater(timeMs, packed)
    else {
      const at = this.#addToBucket(bucket | 0, timeMs)
      this.#slots[2 * at + 1] = packed
    }
  }

  readonly #keepForLater = (timeMs: number, packed: number): void => {
    const at = this.#addLater(timeMs)
    this.#later[2 * at + 1] = packed
  }

  /** Each adds a time and returns the index of its pair, for the caller to complete. */
  #addLater(timeMs: number): number {
    if (2 * this.#laterSize === this.#later.length) {
      this.#later = doubled(this.#later)
      this.#laterHalves = new Int32Array(this.#later.buffer)
    }
    const at = this.#laterSize++
    this.#later[2 * at] = timeMs
    return at
  }

  #addToBucket(bucket: number, timeMs: number): number {
    if (this.#freeSlot === NONE) this.#growSlots()
    const slot = this.#freeSlot
    this.#freeSlot = this.#next[slot]!
    this.#next[slot] = this.#heads[bucket]!
    this.#heads[bucket] = slot
    this.#slots[2 * slot] = timeMs
    this.#size++
    return slot
  }

  /** Frees a slot and returns the one behind it. */
  #release(slot: number): number {
    const next = this.#next[slot]!
    this.#next[slot] = this.#freeSlot
    this.#freeSlot = slot
    this.#size--
    return next
  }

  #growSlots(): void {
    const count = this.#next.length
    this.#slots = doubled(this.#slots)
    this.#halves = new Int32Array(this.#slots.buffer)
    const next = new Int32Array(2 * count)
    next.set(this.#next)
    for (let slot = count; slot < 2 * count; slot++) next[slot] = slot + 1
    next[2 * count - 1] = NONE
    this.#next = next
    this.#freeSlot = count
  }
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(numbers.length * 2)
  twice.set(numbers)
  return twice
}
