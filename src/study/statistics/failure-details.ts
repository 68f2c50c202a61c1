/**
 * What failures were in detail, by class: `connect` was `ECONNREFUSED` so many times. Details come from the network,
 * so their number is bounded: what is new after the hundredth counts as `other`.
 */
import { byName, CountsByName, type Mergeable, PartsByName } from '../../stats/index.ts'

const MOST_DETAILS = 100
const OTHER = 'other'

export type FailureDetailsJson = Readonly<Record<string, Readonly<Record<string, number>>>>

export class FailureDetails implements Mergeable<FailureDetailsJson> {
  readonly #byClass = new PartsByName(() => new CountsByName())
  #details = 0

  /** Shares of one run are counted alike as long as none of them has more details than it may. */
  add(failure: string, detail: string): void {
    const counts = this.#byClass.at(failure)
    if (counts.has(detail)) return counts.add(detail)
    if (this.#details >= MOST_DETAILS) return counts.add(OTHER)
    this.#details++
    counts.add(detail)
  }

  merge(other: FailureDetails): void {
    this.#byClass.merge(other.#byClass)
    this.#details += other.#details
  }

  toJSON(): FailureDetailsJson {
    return Object.fromEntries(
      [...this.#byClass].sort(byName).map(([name, counts]) => [name, counts.toJSON()]),
    )
  }

  static fromJSON(json: FailureDetailsJson): FailureDetails {
    const details = new FailureDetails()
    for (const [failure, counts] of Object.entries(json)) {
      details.#byClass.at(failure).merge(CountsByName.fromJSON(counts))
      details.#details += Object.keys(counts).length
    }
    return details
  }
}
