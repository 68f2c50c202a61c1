/** Which decision a further attempt at a request repeats: the newest decision with its trace is remembered for a while. */

/** A request that is tried again is tried soon: so many are remembered at least, and twice as many at most. */
const GENERATION = 50_000

/**
 * Two generations: when the younger is full, the older is forgotten as a whole. A single map that loses its oldest entry
 * for every new one would search through the places of those it has lost, again and again.
 */
export class AttemptMemory {
  /** Decision by trace. */
  #younger = new Map<string, number>()
  #older = new Map<string, number>()

  /** Remembers the decision, and returns the one that it repeats (null for a first attempt). */
  retryOf(trace: string, attempt: number, decision: number): number | null {
    const repeated = attempt === 0 ? undefined : (this.#younger.get(trace) ?? this.#older.get(trace))
    this.#younger.set(trace, decision)
    if (this.#younger.size >= GENERATION) {
      this.#older = this.#younger
      this.#younger = new Map()
    }
    return repeated ?? null
  }
}
