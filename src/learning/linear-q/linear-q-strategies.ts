/** A linear Q function that weighs strategies: the one with the highest value, equals alike. */
import type { Observation, StrategyChooser } from '../../routing/index.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'
import { DecisionPhi } from './decision-phi.ts'
import type { LinearQContent } from './linear-q-model.ts'

/** `least-loaded`: needs nothing that could be missing. */
const FALLBACK = 0

export class LinearQStrategies implements StrategyChooser {
  readonly version: string
  /** Decisions in which none of the features was known: left to `least-loaded`. */
  fallbacks = 0
  readonly #service: number
  readonly #reader: FeatureReader
  readonly #phi: DecisionPhi
  readonly #weights: Float64Array
  readonly #tried: Uint32Array

  constructor(version: string, service: string, { rows, basis, weights, tried }: LinearQContent) {
    this.version = version
    this.#service = rows.serviceIndex(service)
    this.#reader = rows.createReader()
    this.#phi = new DecisionPhi(rows, 'strategy', basis)
    this.#weights = weights
    this.#tried = tried
  }

  weigh(observation: Observation, propensities: Float64Array): void {
    const reader = this.#reader
    reader.read(observation)
    propensities.fill(0)
    if (!reader.state.some(Number.isFinite)) {
      this.fallbacks++
      propensities[FALLBACK] = 1
      return
    }
    this.#phi.read(this.#service, reader.state, 0, reader.candidates, 0, reader.count)
    let best = Number.NEGATIVE_INFINITY
    let ties = 0
    for (let s = 0; s < propensities.length; s++) {
      if (this.#tried[s] === 0) continue
      const value = this.#phi.dot(s, this.#weights)
      propensities[s] = value
      if (value > best) {
        best = value
        ties = 1
      } else if (value === best) ties++
    }
    for (let s = 0; s < propensities.length; s++) {
      propensities[s] = this.#tried[s]! > 0 && propensities[s] === best ? 1 / ties : 0
    }
  }
}
