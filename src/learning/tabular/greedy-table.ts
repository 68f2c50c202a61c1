/**
 * The rule by which a table of values chooses: greedy, with explicit fallbacks for what the table does not know.
 * Serving and off-policy evaluation both score through here, so the policy that is judged is the one deployed.
 *
 * - A class not seen in this state counts as the worst class that was: the log gives no reason to prefer it (the
 *   same pessimism as CQL's). The price: a class nobody tried stays untried while a better known one stands beside
 *   it, be it a fresh instance; wrap the policy in `epsilon-greedy` to explore.
 *   A strategy not seen in this state is never chosen: there are others that were, wherever the state was.
 * - Where no candidate's class was seen, or the state was not, the rule is least outstanding requests.
 */
import type { ActionSpace } from '../learners/learner.ts'

export class GreedyTable {
  readonly #width: number
  /** Shape [(states + 1) x (classes + 1)]: minus the value; that of the worst seen class where not seen. */
  readonly #costs: Float64Array
  /** Same shape: 1 where seen. */
  readonly #seen: Uint8Array

  /**
   * @param values shape [(states + 1) x (classes + 1)], the last row and column for the unknown
   * @param visits same shape: how often the training data shows a pair; 0 means not seen
   * @param actions what the classes are of
   */
  constructor(
    states: number,
    classes: number,
    values: Float64Array,
    visits: Uint32Array,
    actions: ActionSpace = 'instance',
  ) {
    this.#width = classes + 1
    this.#costs = new Float64Array(values.length)
    this.#seen = Uint8Array.from(visits, (count) => (count > 0 ? 1 : 0))
    for (let state = 0; state <= states; state++) {
      const base = state * this.#width
      let worst = Number.NEGATIVE_INFINITY
      for (let pair = base; pair < base + this.#width; pair++) {
        if (this.#seen[pair] === 1) worst = Math.max(worst, -values[pair]!)
      }
      if (actions === 'strategy') worst = Number.POSITIVE_INFINITY
      for (let pair = base; pair < base + this.#width; pair++) {
        this.#costs[pair] = this.#seen[pair] === 1 ? -values[pair]! : worst
      }
    }
  }

  /**
   * Scores the candidates of one decision, lower is better.
   *
   * @param classes @param inFlight by candidate; those of this decision stand from `start` up to `end`
   * @param scores shape [at least end - start], overwritten
   * @returns false if the table knows none of them, so that the scores are the requests in flight
   */
  score(
    state: number,
    classes: Int32Array,
    inFlight: Float32Array,
    start: number,
    end: number,
    scores: Float64Array,
  ): boolean {
    const base = state * this.#width
    let known = 0
    for (let k = start; k < end; k++) {
      const pair = base + classes[k]!
      known |= this.#seen[pair]!
      scores[k - start] = this.#costs[pair]!
    }
    if (known === 1) return true
    for (let k = start; k < end; k++) {
      // A count that is not known is no reason to send more.
      scores[k - start] = Number.isNaN(inFlight[k]!) ? Number.POSITIVE_INFINITY : inFlight[k]!
    }
    return false
  }
}
