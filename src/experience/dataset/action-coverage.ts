/**
 * Which instances were tried in which class of states, and how even the logger's choices were.
 *
 * A class is a service, a route and how busy the service was: 0, 1, 2-3, 4-7, 8-15, 16 or more requests in flight.
 */

const NATS = Math.LN2
const MOST_BUSY = 5

export interface Coverage {
  readonly stateClasses: number
  /** Share of the pairs of class and instance that were tried, each class counting by its decisions. */
  readonly tried: number | null
  /** Entropy of the action given the class, as a share of what it can be: 1 is even, 0 is always the same. */
  readonly entropy: number | null
  /** The same in bits. */
  readonly entropyBits: number | null
}

export function busyClass(inFlight: number): number {
  return inFlight >= 1 ? Math.min(MOST_BUSY, 1 + Math.floor(Math.log2(inFlight))) : 0
}

export class ActionCoverage {
  /** Decisions by class, and there by instance. */
  readonly #classes = new Map<number, number[]>()

  add(stateClass: number, instances: number, action: number): void {
    let counts = this.#classes.get(stateClass)
    if (counts === undefined) this.#classes.set(stateClass, (counts = []))
    while (counts.length < instances) counts.push(0)
    counts[action]! += 1
  }

  result(): Coverage {
    let [decisions, tried, entropy, most] = [0, 0, 0, 0]
    for (const counts of this.#classes.values()) {
      const total = counts.reduce((sum, count) => sum + count, 0)
      decisions += total
      tried += (total * counts.filter((count) => count > 0).length) / counts.length
      entropy += total * entropyOf(counts, total)
      most += total * Math.log(counts.length)
    }
    const known = decisions > 0
    return {
      stateClasses: this.#classes.size,
      tried: known ? tried / decisions : null,
      entropy: most > 0 ? entropy / most : null,
      entropyBits: known ? entropy / decisions / NATS : null,
    }
  }
}

function entropyOf(counts: readonly number[], total: number): number {
  let entropy = 0
  for (const count of counts) if (count > 0) entropy -= (count / total) * Math.log(count / total)
  return entropy
}
