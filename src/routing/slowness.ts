/**
 * How slow an instance works, compared with what its requests were expected to be: a mean of ratios, new ones first.
 *
 * A ratio is noisy, since requests of one route are not all the same work: the mean runs over about the last hundred of
 * them. That is too slow where a noisy neighbour takes the speed away for some seconds. So a second mean over about the
 * last twenty is kept, and believed as soon as it differs by more than its own noise does: as a chart of two moving
 * averages tells a shift from noise (Roberts, Control chart tests based on geometric moving averages, 1959).
 *
 * Measured by studies: one mean over the last 60 lost 1 to 2 % on `noisy-neighbours`; one that forgets within 2.5 s lost 1 %
 * on `comprehensive`, where the requests of an instance are seconds apart.
 */
const SLOW = { tauMs: 60_000, mostKept: 0.98 }
const QUICK = { tauMs: 30_000, mostKept: 0.9 }
/** A shift: the quick mean is more than so many times the slow one, or less than one of so many. */
const SHIFT = 1.6

export class Slowness {
  readonly #slow = new MeanRatio(SLOW)
  readonly #quick = new MeanRatio(QUICK)

  /** About 1; NaN before the first answer. */
  get value(): number {
    const slow = this.#slow.value
    const quick = this.#quick.value
    return quick > SHIFT * slow || slow > SHIFT * quick ? quick : slow
  }

  add(nowMs: number, ratio: number): void {
    this.#slow.add(nowMs, ratio)
    this.#quick.add(nowMs, ratio)
  }
}

class MeanRatio {
  readonly #tauMs: number
  readonly #mostKept: number
  /** Until so long after the last one, exp(-dt / tau) is above what is kept at most, and need not be computed. */
  readonly #surelyMs: number
  #value = Number.NaN
  #answers = 0
  #atMs = 0

  constructor({ tauMs, mostKept }: typeof SLOW) {
    this.#tauMs = tauMs
    this.#mostKept = mostKept
    this.#surelyMs = -tauMs * Math.log(mostKept)
  }

  get value(): number {
    return this.#value
  }

  add(nowMs: number, ratio: number): void {
    this.#answers++
    if (this.#answers === 1) this.#value = ratio
    else {
      const elapsedMs = nowMs - this.#atMs
      const kept = elapsedMs <= this.#surelyMs ? this.#mostKept : Math.exp(-elapsedMs / this.#tauMs)
      const keep = Math.min(kept, 1 - 1 / this.#answers)
      this.#value = this.#value * keep + ratio * (1 - keep)
    }
    this.#atMs = nowMs
  }
}
