/**
 * Routing on the level of strategies: one of the six of `../strategies/` is drawn for every request, and its instance
 * is taken. Records carry both, with the propensities of both.
 *
 *     choose=uniform        all strategies alike
 *     choose=bandit         the one with the lowest mean latency, see `../strategies/strategy-bandit.ts`
 *     choose=<a strategy>   always that one
 *
 *     p(instance) = sum over the strategies of p(strategy) p(instance | strategy)
 *
 * Every strategy always decides, so that its own state does not depend on the draw; and each hears of all requests and
 * answers, whoever routed them. If the one that was drawn sheds, the request is shed. Both propensities are those of
 * decisions, of which a shed request is none: strategies that would have shed have 0, and the others share 1.
 *
 * Whose doing an answer is follows from the order of the requests to its instance: of two that pass one another there,
 * each is held for the other. A wrapper that explores may take another instance than the strategy's: such an answer is
 * nobody's, and the record has the strategy that was drawn.
 */
import { type Random, weightedIndex } from '../../core/index.ts'
import { PerInstance } from '../per-instance.ts'
import type { InstanceReport, Observation, Policy, PolicyOutcome, StrategyDecision } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { SmallQueue } from '../strategies/small-queue.ts'
import { STRATEGIES, STRATEGY_NAMES } from '../strategies/strategies.ts'
import { StrategyBandit } from '../strategies/strategy-bandit.ts'
import { OneStrategy, type StrategyChooser, UniformStrategies } from '../strategies/strategy-chooser.ts'

const NOBODY = -1

export const strategies: PolicyDeclaration = {
  name: 'strategies',
  summary: `draws one of ${STRATEGIES.length} strategies for every request, or goes by one`,
  parameters: [
    {
      name: 'choose',
      default: 'uniform',
      choices: ['uniform', 'bandit', ...STRATEGY_NAMES],
      summary: 'how: all alike, the one that did best so far, or always this one',
    },
    {
      name: 'epsilon',
      default: 0.1,
      min: 0,
      max: 1,
      onlyWith: { choice: 'choose', words: ['bandit'] },
      summary: 'bandit: share of draws among all',
    },
    {
      name: 'penaltyMs',
      default: 5000,
      min: 0,
      max: 1e6,
      onlyWith: { choice: 'choose', words: ['bandit'] },
      summary: 'bandit: what a failure counts at least, and what a shed request counts',
    },
  ],
  wraps: 0,
  parts: STRATEGIES.map(({ policy }) => policy),
  create: (id, { epsilon, penaltyMs }, parts, { choose }) =>
    new Strategies(id, parts, chooserOf(choose!, epsilon!, penaltyMs!)),
}

function chooserOf(choose: string, epsilon: number, penaltyMs: number): StrategyChooser {
  if (choose === 'uniform') return new UniformStrategies()
  if (choose === 'bandit') return new StrategyBandit(STRATEGIES.length, epsilon, penaltyMs)
  return new OneStrategy(STRATEGY_NAMES.indexOf(choose))
}

export class Strategies implements Policy {
  readonly id: string
  readonly version: string
  readonly strategy: StrategyDecision
  readonly #parts: readonly Policy[]
  readonly #chooser: StrategyChooser
  readonly #decision = {
    names: STRATEGY_NAMES,
    index: NOBODY,
    propensities: new Float64Array(STRATEGIES.length),
  }
  /** By strategy: what it would do, and with which propensities. */
  readonly #choices = new Int32Array(STRATEGIES.length)
  readonly #propensities: Float64Array[] = STRATEGIES.map(() => new Float64Array(0))
  /** By instance: by which strategies its requests came, the oldest first. */
  readonly #underWay = new PerInstance(() => new SmallQueue())
  /** The instance of the last decision, until the request is sent. */
  #chosen = NOBODY

  constructor(id: string, parts: readonly Policy[], chooser: StrategyChooser) {
    this.id = id
    this.version = `1/${chooser.version}/${parts.map(({ version }) => version).join('+')}`
    this.strategy = this.#decision
    this.#parts = parts
    this.#chooser = chooser
  }

  get fallbacks(): number | undefined {
    return this.#chooser.fallbacks
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count } = observation
    const { propensities: weights } = this.#decision
    for (let s = 0; s < this.#parts.length; s++) {
      if (this.#propensities[s]!.length < count) this.#propensities[s] = new Float64Array(count)
      this.#choices[s] = this.#parts[s]!.choose(observation, random, this.#propensities[s]!)
    }
    this.#chooser.weigh(observation, weights)
    const drawn = weightedIndex(random, weights)
    const chosen = this.#choices[drawn]!
    this.#decision.index = drawn
    this.#chosen = chosen
    propensities.fill(0, 0, count)
    if (chosen === -1) this.#chooser.onShed?.(drawn)
    else this.#mix(propensities, count)
    return chosen
  }

  onStart(instance: number, nowMs: number): void {
    this.#underWay.of(instance).push(instance === this.#chosen ? this.#decision.index : NOBODY)
    this.#chosen = NOBODY
    for (const part of this.#parts) part.onStart?.(instance, nowMs)
  }

  onOutcome(outcome: PolicyOutcome): void {
    const strategy = this.#underWay.of(outcome.instance).take(NOBODY)
    if (strategy !== NOBODY) this.#chooser.onOutcome?.(strategy, outcome)
    for (const part of this.#parts) part.onOutcome?.(outcome)
  }

  onReport(instance: number, report: InstanceReport, nowMs: number): void {
    for (const part of this.#parts) part.onReport?.(instance, report, nowMs)
  }

  /** Instances by way of strategies, given that the request is not shed. */
  #mix(propensities: Float64Array, count: number): void {
    const { propensities: weights } = this.#decision
    let left = 0
    let shedding = false
    for (let s = 0; s < weights.length; s++) {
      if (this.#choices[s] === -1) {
        weights[s] = 0
        shedding = true
      }
      left += weights[s]!
    }
    for (let s = 0; s < weights.length; s++) {
      if (shedding) weights[s]! /= left
      if (weights[s] === 0) continue
      const own = this.#propensities[s]!
      for (let i = 0; i < count; i++) propensities[i]! += weights[s]! * own[i]!
    }
  }
}
