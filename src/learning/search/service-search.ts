/**
 * The search for the weights of one service: generation after generation of the cross-entropy method, each judged on
 * other pieces of the recorded traffic, the mean of each judged on pieces of the validation split.
 *
 *     objective(z) = cost(z) + l2 |z - prior|^2
 *
 * The pull keeps what the log says nothing about as it was. What is kept is the best of the validated means, and only
 * if it is better than the prior by more than noise and harms under none of the conditions.
 */
import { LearningError, type Random } from '../../core/index.ts'
import { LINEAR_FEATURES, LINEAR_WIDTH } from '../linear/linear-features.ts'
import { LinearPolicy } from '../linear/linear-policy.ts'
import { PRIOR_WEIGHTS, pointOf, weightsAt, weightsOf } from '../linear/linear-weights.ts'
import { CrossEntropy } from './cross-entropy.ts'
import {
  overallCost,
  type RolloutEvaluator,
  type RolloutSource,
  standardError,
  worstCost,
} from './rollout-evaluator.ts'

export interface SearchSettings {
  readonly population: number
  readonly eliteShare: number
  readonly generations: number
  readonly requests: number
  readonly sigma: number
  readonly l2: number
}

const PRIOR = pointOf(PRIOR_WEIGHTS)
/** Known rules, to begin with. */
const KNOWN_RULES = [
  { inFlight: 1, inFlightSlowness: 1, slowness: 1 },
  { work: 1 },
  { work: 1, workSlowness: 1, slowness: 1 },
  { inFlight: 1, work: 0.3, misplaced: 100, straddling: 3 },
  { inFlight: 1, work: 0.3, misplaced: 100, straddling: 50 },
  { inFlight: 1, work: 0.1, misplaced: 100, straddling: 10, crowding: 6 },
  { inFlight: 1, misplaced: 100, straddling: 50, crowding: 10 },
  { inFlight: 1, inFlightSlowness: 1, slowness: 1, misplaced: 100, straddling: 10, crowding: 6 },
].map((rule) => pointOf(weightsOf({ ...PRIOR_WEIGHTS, inFlight: 0, ...rule })))
/** Failures may cost anything, and a log may show none: how much they count is not a matter of search. */
const NOT_SEARCHED = ['recentErrors', 'errors']
/** The scale of `misplaced` is another one: nothing in between is as good as a rule. */
const WIDE = ['misplaced', 'straddling', 'crowding']
/** The noise of the method, as a share of sigma. */
const NOISE = 0.15
/** A gain below this is none. */
const LEAST_GAIN = 0.005
/** Under no condition may it cost more than this. */
const MOST_HARM = 0.03

export class ServiceSearch {
  readonly service: string
  readonly #source: RolloutSource
  readonly #settings: SearchSettings
  readonly #method: CrossEntropy
  readonly #validation: RolloutEvaluator | undefined
  #best = PRIOR
  #bestCost = 0

  /**
   * @param source compares with `priorPolicy()`
   * @param random draws the rollouts that validate
   */
  constructor(source: RolloutSource, settings: SearchSettings, random: Random) {
    this.service = source.service
    this.#source = source
    this.#settings = settings
    const { population, eliteShare, generations, sigma } = settings
    this.#method = new CrossEntropy({
      mean: PRIOR,
      sigma: Float64Array.from(LINEAR_FEATURES, ({ name }) =>
        NOT_SEARCHED.includes(name) ? 0 : WIDE.includes(name) ? 2 * sigma : sigma,
      ),
      population,
      eliteShare,
      generations,
      noise: NOISE,
    })
    if (source.requests > 0) this.#validation = source.validation(random)
  }

  /** Whether the log shows enough of the service. */
  get possible(): boolean {
    return this.#validation !== undefined
  }

  /** The best point so far: the prior, unless another one was shown to be better. */
  get best(): Float64Array {
    return this.#best
  }

  /** What it costs on the validation rollouts; the prior costs 0. */
  get bestCost(): number {
    return this.#bestCost
  }

  save(): Readonly<Record<string, Float64Array>> {
    return { method: this.#method.save(), best: this.#best, bestCost: Float64Array.of(this.#bestCost) }
  }

  /** @throws LearningError if it is of another training */
  restore(saved: Readonly<Record<string, ArrayLike<number>>>): void {
    const { method, best, bestCost } = saved
    if (method?.length !== 1 + 2 * LINEAR_WIDTH || best?.length !== LINEAR_WIDTH || bestCost?.length !== 1) {
      throw new LearningError(
        `checkpoint: nothing of ${this.service}, or of other features: it is of another training`,
      )
    }
    this.#method.restore(method)
    this.#best = Float64Array.from(best)
    this.#bestCost = bestCost[0]!
  }

  /** @returns the least objective of the generation, and what the new mean costs on the validation rollouts */
  next(generation: number, random: Random): { objective: number; validation: number } {
    const evaluator = this.#source.training(generation, random)
    const candidates = this.#method.draw(random, generation === 1 ? KNOWN_RULES : [])
    const objectives = candidates.map((point) => this.#objective(evaluator, point))
    if (generation === 1) this.#method.startAt(candidates[leastOf(objectives)]!)
    else this.#method.learn(candidates, objectives)
    return { objective: Math.min(...objectives), validation: this.#validate(this.#method.mean) }
  }

  /** Costs of a point on the validation rollouts, by condition. */
  validationCosts(point: Float64Array): readonly (readonly number[])[] {
    return this.#validation!.costs(() => policyAt(point))
  }

  #objective(evaluator: RolloutEvaluator, point: Float64Array): number {
    let away = 0
    for (let d = 0; d < LINEAR_WIDTH; d++) away += (Math.max(0, point[d]!) - PRIOR[d]!) ** 2
    return overallCost(evaluator.costs(() => policyAt(point))) + this.#settings.l2 * away
  }

  #validate(point: Float64Array): number {
    const costs = this.validationCosts(point)
    const cost = overallCost(costs)
    const shown = cost < -Math.max(LEAST_GAIN, 2 * standardError(costs))
    if (shown && cost < this.#bestCost && worstCost(costs) <= MOST_HARM) {
      this.#best = point.slice()
      this.#bestCost = cost
    }
    return cost
  }
}

/** What all are compared with. */
export function priorPolicy(): LinearPolicy {
  return policyAt(PRIOR)
}

function policyAt(point: Float64Array): LinearPolicy {
  return new LinearPolicy('candidate', '', weightsAt(point))
}

function leastOf(values: readonly number[]): number {
  return values.reduce((least, value, k) => (value < values[least]! ? k : least), 0)
}
