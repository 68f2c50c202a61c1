/**
 * Rows of a decision log as the observations that the linear scorer would have seen, so that off-policy estimates judge
 * the very rule that serves. The log holds ratios (work in units of the mean, slowness in units of the candidates'
 * mean), and ratios are all that the scorer makes of an observation.
 */
import {
  CONTEXT_WIDTH,
  contextFeature,
  INSTANCE_WIDTH,
  instanceFeature,
  type Observation,
} from '../../routing/index.ts'
import type { DecisionLog } from '../data/decision-log.ts'
import type { FeatureChoice } from '../encoders/encoded-features.ts'

/** What the log must hold, in this order. */
export const LINEAR_CHOICE: FeatureChoice = {
  state: ['dearness', 'cheaperWorkShare', 'ownWorkShare'],
  instance: ['inFlight', 'workAhead', 'relativeSlowness', 'errorRate', 'recentErrorRate'],
}

const CONTEXT_OF_STATE = [
  contextFeature('workMs'),
  contextFeature('cheaperWorkShare'),
  contextFeature('ownWorkShare'),
]
const INSTANCE_OF_CANDIDATE = [
  instanceFeature('inFlight'),
  instanceFeature('workMs'),
  instanceFeature('slowness'),
  instanceFeature('errorRate'),
  instanceFeature('recentErrorRate'),
]

/** Only the candidates are in an observation of these, in their order. The result is overwritten by the next call. */
export class LoggedObservations {
  readonly #log: DecisionLog
  readonly #observation: Observation

  /** @param log of the features of LINEAR_CHOICE */
  constructor(log: DecisionLog) {
    this.#log = log
    this.#observation = {
      service: '',
      nowMs: 0,
      count: 0,
      context: new Float64Array(CONTEXT_WIDTH).fill(Number.NaN),
      instances: new Float64Array(0),
      eligible: new Uint8Array(0),
      affinity: '',
      truth: undefined,
    }
    this.#observation.context[contextFeature('meanWorkMs')] = 1
  }

  of(row: number): Observation {
    const { state, starts, candidates } = this.#log.state
    const { stateWidth, candidateWidth } = this.#log
    const observation = this.#observation
    const from = starts[row]!
    const count = starts[row + 1]! - from
    if (observation.eligible.length < count) {
      observation.instances = new Float64Array(count * INSTANCE_WIDTH).fill(Number.NaN)
      observation.eligible = new Uint8Array(count).fill(1)
    }
    observation.count = count
    for (const [f, place] of CONTEXT_OF_STATE.entries()) {
      observation.context[place] = state[row * stateWidth + f]!
    }
    for (let k = 0; k < count; k++) {
      for (const [f, place] of INSTANCE_OF_CANDIDATE.entries()) {
        observation.instances[k * INSTANCE_WIDTH + place] = candidates[(from + k) * candidateWidth + f]!
      }
    }
    return observation
  }
}
