/**
 * The cross-entropy method (Rubinstein & Kroese, The Cross-Entropy Method, 2004) with a diagonal Gaussian and noise that
 * fades (Szita & Lorincz, Learning Tetris using the noisy cross-entropy method, Neural Computation 18, 2006):
 *
 *     x_k ~ N(mean, diag(sigma^2)), k = 1..population;   E: the eliteShare of them of least cost
 *     mean  <- (1 - a) mean + a mean(E),   sigma^2 <- (1 - a)^2 sigma^2 + a var(E) + Z_t
 *     Z_t = (max(0, 1 - t / generations) noise)^2
 *
 * a is 0.7 (Rubinstein & Kroese: 0.4 to 0.9); Z keeps sigma from vanishing too early. Deviations: the first candidate of
 * every generation is the mean itself, and the first generation begins with points that are given.
 */
import type { Random } from '../../core/index.ts'

const SMOOTHING = 0.7

export interface CrossEntropyOptions {
  /** Shape [dimensions]. */
  readonly mean: Float64Array
  /** Shape [dimensions]; where it is 0 nothing is searched. */
  readonly sigma: Float64Array
  readonly population: number
  readonly eliteShare: number
  /** Over which the noise fades. */
  readonly generations: number
  /** As a share of the first sigma. */
  readonly noise: number
}

export class CrossEntropy {
  readonly mean: Float64Array
  readonly sigma: Float64Array
  readonly #firstSigma: Float64Array
  readonly #options: CrossEntropyOptions
  #generation = 0

  constructor(options: CrossEntropyOptions) {
    this.#options = options
    this.mean = options.mean.slice()
    this.sigma = options.sigma.slice()
    this.#firstSigma = options.sigma.slice()
  }

  /** Candidates of the next generation; the first is the mean, then come `given`. */
  draw(random: Random, given: readonly Float64Array[] = []): Float64Array[] {
    const candidates = [this.mean.slice(), ...given]
    while (candidates.length < this.#options.population) {
      candidates.push(this.mean.map((mean, d) => mean + this.sigma[d]! * gaussian(random)))
    }
    return candidates
  }

  /** @param costs of the candidates; NaN counts as worst */
  learn(candidates: readonly Float64Array[], costs: ArrayLike<number>): void {
    const { population, eliteShare, generations, noise } = this.#options
    const order = Array.from(candidates, (_, k) => k).sort(
      (a, b) => worst(costs[a]!) - worst(costs[b]!) || a - b,
    )
    const elite = order.slice(0, Math.max(2, Math.round(eliteShare * population)))
    const fading = Math.max(0, 1 - ++this.#generation / generations) * noise
    for (let d = 0; d < this.mean.length; d++) {
      const mean = elite.reduce((sum, k) => sum + candidates[k]![d]!, 0) / elite.length
      const variance = elite.reduce((sum, k) => sum + (candidates[k]![d]! - mean) ** 2, 0) / elite.length
      this.mean[d] = (1 - SMOOTHING) * this.mean[d]! + SMOOTHING * mean
      const kept = ((1 - SMOOTHING) * this.sigma[d]!) ** 2
      const floor = (fading * this.#firstSigma[d]!) ** 2
      this.sigma[d] = Math.sqrt(kept + SMOOTHING * variance + floor)
    }
  }

  /** Searches around another point from now on, as widely as at first. */
  startAt(point: Float64Array): void {
    this.#generation++
    this.mean.set(point)
  }

  /** Shape [1 + 2 x dimensions]: all that the next generation depends on. */
  save(): Float64Array {
    return Float64Array.of(this.#generation, ...this.mean, ...this.sigma)
  }

  restore(saved: ArrayLike<number>): void {
    const dimensions = this.mean.length
    this.#generation = saved[0]!
    for (let d = 0; d < dimensions; d++) {
      this.mean[d] = saved[1 + d]!
      this.sigma[d] = saved[1 + dimensions + d]!
    }
  }
}

function worst(cost: number): number {
  return Number.isNaN(cost) ? Number.POSITIVE_INFINITY : cost
}

/** Box and Muller 1958. */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
