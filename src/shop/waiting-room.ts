/**
 * Jobs that wait for a worker, first come first served: a ring that grows to what it has held at most, since a
 * scenario may allow a million and see ten.
 */

const FIRST_CAPACITY = 16

export class WaitingRoom {
  #jobs = new Int32Array(FIRST_CAPACITY)
  #workMs = new Float64Array(FIRST_CAPACITY)
  #sinceMs = new Float64Array(FIRST_CAPACITY)
  /** The capacity is a power of two, so that `& mask` wraps around. */
  #mask = FIRST_CAPACITY - 1
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The job that has waited longest, its work, and since when it waits. Somebody must be there. */
  get firstJob(): number {
    return this.#jobs[this.#head]!
  }

  get firstWorkMs(): number {
    return this.#workMs[this.#head]!
  }

  get firstSinceMs(): number {
    return this.#sinceMs[this.#head]!
  }

  /** Work of the one before whom `place` others wait. */
  workMsAt(place: number): number {
    return this.#workMs[(this.#head + place) & this.#mask]!
  }

  /** Work of all who wait. */
  workMs(): number {
    let sum = 0
    for (let place = 0; place < this.#length; place++) sum += this.workMsAt(place)
    return sum
  }

  enter(job: number, workMs: number, sinceMs: number): void {
    if (this.#length > this.#mask) this.#grow()
    const tail = (this.#head + this.#length) & this.#mask
    this.#jobs[tail] = job
    this.#workMs[tail] = workMs
    this.#sinceMs[tail] = sinceMs
    this.#length++
  }

  /** The first leaves. */
  leave(): void {
    this.#head = (this.#head + 1) & this.#mask
    this.#length--
  }

  /** Everybody leaves, in the order of arrival. */
  clear(): number[] {
    const jobs = Array.from({ length: this.#length }, (_, i) => this.#jobs[(this.#head + i) & this.#mask]!)
    this.#length = 0
    return jobs
  }

  #grow(): void {
    const capacity = 2 * (this.#mask + 1)
    const jobs = new Int32Array(capacity)
    const workMs = new Float64Array(capacity)
    const sinceMs = new Float64Array(capacity)
    for (let i = 0; i < this.#length; i++) {
      const from = (this.#head + i) & this.#mask
      jobs[i] = this.#jobs[from]!
      workMs[i] = this.#workMs[from]!
      sinceMs[i] = this.#sinceMs[from]!
    }
    this.#jobs = jobs
    this.#workMs = workMs
    this.#sinceMs = sinceMs
    this.#mask = capacity - 1
    this.#head = 0
  }
}
