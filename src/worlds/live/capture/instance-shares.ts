/** How often each instance of a service was the one, over the last so many answers: an estimate of a propensity. */

/** At 0.5 a share is then known to within 0.05 (two standard errors), if the choices are independent. */
const WINDOW = 400

export class InstanceShares {
  readonly #recent = new Int32Array(WINDOW)
  #counts = new Int32Array(4)
  #added = 0

  add(index: number): void {
    if (index >= this.#counts.length) this.#grow(index + 1)
    const place = this.#added % WINDOW
    if (this.#added >= WINDOW) this.#counts[this.#recent[place]!]!--
    this.#recent[place] = index
    this.#counts[index]!++
    this.#added++
  }

  /** Shares of the first `count` instances among them; they sum to 1. Undefined if none of them was any answer's. */
  among(count: number): Float64Array | undefined {
    const shares = Float64Array.from({ length: count }, (_, i) => this.#counts[i] ?? 0)
    const sum = shares.reduce((total, answers) => total + answers, 0)
    return sum === 0 ? undefined : shares.map((answers) => answers / sum)
  }

  #grow(atLeast: number): void {
    const counts = new Int32Array(2 * atLeast)
    counts.set(this.#counts)
    this.#counts = counts
  }
}
