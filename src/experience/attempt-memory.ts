/** Which decision a further attempt at a request repeats: the newest decision with its trace is remembered for a while. */

/** A request that is tried again is tried soon: the oldest are forgotten first. */
const MOST_REMEMBERED = 100_000

export class AttemptMemory {
  /** Decision by trace, oldest first. */
  readonly #decisions = new Map<string, number>()

  /** Remembers the decision, and returns the one that it repeats (null for a first attempt). */
  retryOf(trace: string, attempt: number, decision: number): number | null {
    const repeated = attempt === 0 ? undefined : this.#decisions.get(trace)
    this.#decisions.delete(trace)
    this.#decisions.set(trace, decision)
    if (this.#decisions.size > MOST_REMEMBERED) this.#decisions.delete(this.#decisions.keys().next().value!)
    return repeated ?? null
  }
}
