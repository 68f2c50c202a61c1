/** Whether a user makes a mistake now, and which: one random number per occasion at which any is possible. */
import type { Random } from '../core/index.ts'
import { MISTAKES_AT, type Mistake, type MistakeRates, OCCASIONS, type Occasion } from '../scenario/index.ts'

/** The mistakes of one occasion. */
export class MistakeDraw {
  readonly #mistakes: readonly Mistake[]
  /** Upper ends of the intervals of [0, 1) that belong to the mistakes. */
  readonly #upTo: readonly number[]

  constructor(mistakes: readonly Mistake[], rates: MistakeRates) {
    let sum = 0
    this.#mistakes = mistakes
    this.#upTo = mistakes.map((mistake) => (sum += rates[mistake]!))
  }

  /** Undefined if none is made. */
  next(random: Random): Mistake | undefined {
    const draw = random()
    const upTo = this.#upTo
    for (let i = 0; i < upTo.length; i++) if (draw < upTo[i]!) return this.#mistakes[i]
    return undefined
  }
}

/** By occasion; nothing where a behaviour makes no mistake, so that it need not even draw. */
export type MistakeDraws = Readonly<Partial<Record<Occasion, MistakeDraw>>>

const drawsOfRates = new WeakMap<MistakeRates, MistakeDraws>()

export function mistakeDraws(rates: MistakeRates): MistakeDraws {
  let draws = drawsOfRates.get(rates)
  if (draws === undefined) {
    const made = OCCASIONS.map((occasion) => {
      const mistakes = MISTAKES_AT[occasion].filter((mistake) => (rates[mistake] ?? 0) > 0)
      return [occasion, mistakes.length === 0 ? undefined : new MistakeDraw(mistakes, rates)] as const
    })
    // Every occasion has its field, if only to hold undefined: all behaviours then look alike to the compiler.
    drawsOfRates.set(rates, (draws = Object.fromEntries(made) as MistakeDraws))
  }
  return draws
}
