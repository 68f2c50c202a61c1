/**
 * The search for a knee: the highest rate that holds, when all that can be asked is whether one rate does. Doubling
 * until one breaks, then bisection of the logarithm: with n tries of bisection, the knee is known to a 2^n-th of an
 * octave, whatever its scale. A rate that holds by luck above others that break is told apart by one more look below.
 */

/** `saturated`: it was the generator that could not go on; what the target would have done is not known. */
export type RateVerdict = 'holds' | 'breaks' | 'saturated'

export interface KneeSearchOptions {
  /** The rates between which is searched. */
  readonly lowest: number
  readonly highest: number
  /** The first rate that is tried. */
  readonly start: number
  /** The search ends when the rate that breaks is at most so much above the one that holds: 0.05 is 5 %. */
  readonly precision: number
}

export interface KneeBracket {
  /**
   * found: between `holds` and `breaks`. holds-throughout: even the highest rate holds. breaks-throughout: even the
   * lowest breaks. generator: above `holds`, the generator could not go on. inconclusive: holding and breaking rates
   * are mixed, and no end of it was found.
   */
  readonly kind: 'found' | 'holds-throughout' | 'breaks-throughout' | 'generator' | 'inconclusive'
  /** The highest rate that held, with none below it that broke; null if none. */
  readonly holds: number | null
  /** The lowest above it that did not hold; null if none. */
  readonly breaks: number | null
  /** A rate broke although a higher one held. */
  readonly mixed: boolean
}

/** Where a second look is taken, as a share of the rate that held. */
const BELOW = 0.8
/** A rate that held between there and here makes the second look needless. */
const NEAR = 0.9
const MOST_TRIES = 60

export async function searchKnee(
  evaluate: (rate: number) => Promise<RateVerdict>,
  options: KneeSearchOptions,
): Promise<KneeBracket> {
  return new KneeSearch(evaluate, options).run()
}

class KneeSearch {
  readonly #evaluate: (rate: number) => Promise<RateVerdict>
  readonly #options: KneeSearchOptions
  /** Rates that held, and are not doubted. */
  #held: number[] = []
  #high: number | undefined
  #saturated = false
  #mixed = false
  #tries = 0

  constructor(evaluate: (rate: number) => Promise<RateVerdict>, options: KneeSearchOptions) {
    this.#evaluate = evaluate
    this.#options = options
  }

  async run(): Promise<KneeBracket> {
    const { lowest, highest, start } = this.#options
    await this.#try(Math.min(highest, Math.max(lowest, start)))
    for (;;) {
      if (!(await this.#findLow())) return this.#bracket('breaks-throughout')
      if (!(await this.#findHigh())) return this.#bracket('holds-throughout')
      await this.#bisect()
      if (await this.#isSound()) return this.#bracket(this.#saturated ? 'generator' : 'found')
      if (this.#tries >= MOST_TRIES) return this.#bracket('inconclusive')
    }
  }

  get #low(): number | undefined {
    return this.#held.length === 0 ? undefined : Math.max(...this.#held)
  }

  async #findLow(): Promise<boolean> {
    const { lowest } = this.#options
    while (this.#low === undefined) {
      if (this.#high! <= lowest) return false
      await this.#try(Math.max(lowest, this.#high! / 2))
    }
    return true
  }

  async #findHigh(): Promise<boolean> {
    const { highest } = this.#options
    while (this.#high === undefined) {
      if (this.#low! >= highest) return false
      await this.#try(Math.min(highest, this.#low! * 2))
    }
    return true
  }

  async #bisect(): Promise<void> {
    while (this.#high! / this.#low! > 1 + this.#options.precision && this.#tries < MOST_TRIES) {
      await this.#try(Math.sqrt(this.#low! * this.#high!))
    }
  }

  /** Whether a rate somewhat below the one that held holds too; if not, what held was luck, and the search goes on below. */
  async #isSound(): Promise<boolean> {
    const low = this.#low!
    const below = low * BELOW
    if (below < this.#options.lowest) return true
    if (this.#held.some((rate) => rate >= below && rate <= low * NEAR)) return true
    return (await this.#try(below)) === 'holds'
  }

  async #try(rate: number): Promise<RateVerdict> {
    this.#tries++
    const verdict = await this.#evaluate(rate)
    if (verdict === 'holds') {
      this.#held.push(rate)
      return verdict
    }
    if (this.#held.some((held) => held > rate)) this.#mixed = true
    this.#held = this.#held.filter((held) => held < rate)
    this.#high = rate
    this.#saturated = verdict === 'saturated'
    return verdict
  }

  #bracket(kind: KneeBracket['kind']): KneeBracket {
    return { kind, holds: this.#low ?? null, breaks: this.#high ?? null, mixed: this.#mixed }
  }
}
