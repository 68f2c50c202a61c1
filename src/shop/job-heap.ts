/**
 * Jobs under processor sharing, by the service after which each is done: a binary heap in typed arrays, in which
 * equals keep the order of arrival.
 */

const FIRST_CAPACITY = 16

export class JobHeap {
  #doneAfterMs = new Float64Array(FIRST_CAPACITY)
  #orders = new Float64Array(FIRST_CAPACITY)
  #arrivedAtMs = new Float64Array(FIRST_CAPACITY)
  #jobs = new Int32Array(FIRST_CAPACITY)
  #size = 0
  #entered = 0

  get size(): number {
    return this.#size
  }

  /** The job that is done first, after which service, and when it came. The heap must not be empty. */
  get firstJob(): number {
    return this.#jobs[0]!
  }

  get firstDoneAfterMs(): number {
    return this.#doneAfterMs[0]!
  }

  get firstArrivedAtMs(): number {
    return this.#arrivedAtMs[0]!
  }

  /** Writes down what each job still has to attain, having attained so much; in no order. `left` has room for `size`. */
  writeLeft(attainedMs: number, left: Float64Array): void {
    for (let at = 0; at < this.#size; at++) left[at] = Math.max(0, this.#doneAfterMs[at]! - attainedMs)
  }

  enter(job: number, doneAfterMs: number, arrivedAtMs: number): void {
    if (this.#size === this.#jobs.length) this.#grow()
    let at = this.#size++
    // The newest is last among equals, so only a later one has to move down.
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#doneAfterMs[parent]! <= doneAfterMs) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, job, doneAfterMs, this.#entered++, arrivedAtMs)
  }

  /** The first leaves. */
  leave(): void {
    const size = --this.#size
    const job = this.#jobs[size]!
    const doneAfterMs = this.#doneAfterMs[size]!
    const order = this.#orders[size]!
    const arrivedAtMs = this.#arrivedAtMs[size]!
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#precedes(child + 1, this.#doneAfterMs[child]!, this.#orders[child]!)) {
        child++
      }
      if (!this.#precedes(child, doneAfterMs, order)) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, job, doneAfterMs, order, arrivedAtMs)
  }

  /** Everybody leaves, in the order of arrival. */
  clear(): number[] {
    const places = Array.from({ length: this.#size }, (_, at) => at)
    places.sort((a, b) => this.#orders[a]! - this.#orders[b]!)
    this.#size = 0
    return places.map((at) => this.#jobs[at]!)
  }

  #precedes(at: number, doneAfterMs: number, order: number): boolean {
    const own = this.#doneAfterMs[at]!
    return own < doneAfterMs || (own === doneAfterMs && this.#orders[at]! < order)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#jobs[from]!, this.#doneAfterMs[from]!, this.#orders[from]!, this.#arrivedAtMs[from]!)
  }

  #put(at: number, job: number, doneAfterMs: number, order: number, arrivedAtMs: number): void {
    this.#jobs[at] = job
    this.#doneAfterMs[at] = doneAfterMs
    this.#orders[at] = order
    this.#arrivedAtMs[at] = arrivedAtMs
  }

  #grow(): void {
    const capacity = 2 * this.#jobs.length
    const doneAfterMs = new Float64Array(capacity)
    const orders = new Float64Array(capacity)
    const arrivedAtMs = new Float64Array(capacity)
    const jobs = new Int32Array(capacity)
    doneAfterMs.set(this.#doneAfterMs)
    orders.set(this.#orders)
    arrivedAtMs.set(this.#arrivedAtMs)
    jobs.set(this.#jobs)
    this.#doneAfterMs = doneAfterMs
    this.#orders = orders
    this.#arrivedAtMs = arrivedAtMs
    this.#jobs = jobs
  }
}
