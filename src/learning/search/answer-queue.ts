/** Answers under way, the next one first: a binary heap in typed arrays. */
export class AnswerQueue {
  #timesMs = new Float64Array(64)
  #requests = new Int32Array(64)
  #length = 0

  /** When the next one arrives; Infinity if there is none. */
  get nextMs(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#timesMs[0]!
  }

  push(timeMs: number, request: number): void {
    if (this.#length === this.#timesMs.length) this.#grow()
    const times = this.#timesMs
    const requests = this.#requests
    let at = this.#length++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (times[parent]! <= timeMs) break
      times[at] = times[parent]!
      requests[at] = requests[parent]!
      at = parent
    }
    times[at] = timeMs
    requests[at] = request
  }

  /** Takes the next one out and returns its request; there must be one. */
  pop(): number {
    const times = this.#timesMs
    const requests = this.#requests
    const first = requests[0]!
    const length = --this.#length
    const timeMs = times[length]!
    const request = requests[length]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      if (child + 1 < length && times[child + 1]! < times[child]!) child++
      if (times[child]! >= timeMs) break
      times[at] = times[child]!
      requests[at] = requests[child]!
      at = child
    }
    times[at] = timeMs
    requests[at] = request
    return first
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#length)
    times.set(this.#timesMs)
    this.#timesMs = times
    const requests = new Int32Array(2 * this.#length)
    requests.set(this.#requests)
    this.#requests = requests
  }
}
