/**
 * From an observation to the numbers that get binned. Training and serving both come through here, so a state
 * that was recorded and the same state in service give the same numbers, bit for bit.
 */
import {
  CONTEXT_FEATURES,
  contextFeature,
  INSTANCE_WIDTH,
  instanceFeature,
  type Observation,
  quantize,
} from '../../routing/index.ts'
import type { CandidateFeature, StateFeature } from './encoded-features.ts'

const ELIGIBLE = contextFeature('eligible')
const IN_FLIGHT = instanceFeature('inFlight')

/** What must be known of a feature to read it. */
export type StateSource = Pick<StateFeature, 'source' | 'derivation'>
export type CandidateSource = Pick<CandidateFeature, 'source' | 'derivation'>

/** Reads one observation at a time into buffers that the next reading overwrites. NaN means missing. */
export class FeatureReader {
  readonly stateWidth: number
  readonly candidateWidth: number
  /** Shape [stateWidth]. */
  readonly state: Float32Array
  /** Number of eligible instances: the candidates. */
  count = 0
  /** Shape [at least count]: index of each candidate among the instances. */
  positions = new Int32Array(8)
  /** Shape [at least count]: requests in flight to each candidate. */
  inFlight = new Float32Array(8)
  /** Shape [at least count x candidateWidth], row-major. */
  candidates: Float32Array
  readonly #stateSources: readonly { readonly offset: number; readonly perEligible: boolean }[]
  readonly #candidateSources: readonly { readonly offset: number; readonly relative: boolean }[]

  constructor(state: readonly StateSource[], candidate: readonly CandidateSource[]) {
    this.stateWidth = state.length
    this.candidateWidth = candidate.length
    this.state = new Float32Array(state.length)
    this.candidates = new Float32Array(8 * candidate.length)
    this.#stateSources = state.map(({ source, derivation }) => ({
      offset: CONTEXT_FEATURES.indexOf(source),
      perEligible: derivation === 'per-eligible',
    }))
    this.#candidateSources = candidate.map(({ source, derivation }) => ({
      offset: instanceFeature(source),
      relative: derivation === 'relative',
    }))
  }

  read(observation: Observation): void {
    this.#readPositions(observation)
    const { context, instances } = observation
    for (let f = 0; f < this.stateWidth; f++) {
      const { offset, perEligible } = this.#stateSources[f]!
      const divisor = perEligible ? Math.max(1, context[ELIGIBLE]!) : 1
      this.state[f] = quantize(context[offset]! / divisor)
    }
    for (let f = 0; f < this.candidateWidth; f++) {
      const { offset, relative } = this.#candidateSources[f]!
      const divisor = relative ? this.#meanOf(instances, offset) : 1
      for (let k = 0; k < this.count; k++) {
        const value = instances[this.positions[k]! * INSTANCE_WIDTH + offset]!
        this.candidates[k * this.candidateWidth + f] = quantize(value / divisor)
      }
    }
  }

  #readPositions(observation: Observation): void {
    if (this.positions.length < observation.count) this.#grow(observation.count * 2)
    let count = 0
    for (let i = 0; i < observation.count; i++) {
      if (observation.eligible[i] === 0) continue
      this.positions[count] = i
      this.inFlight[count] = observation.instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
      count++
    }
    this.count = count
  }

  /** Mean over the candidates that have the feature; 1 where there is none or all are 0, so that ratios stay finite. */
  #meanOf(instances: Float64Array, offset: number): number {
    let sum = 0
    let known = 0
    for (let k = 0; k < this.count; k++) {
      const value = instances[this.positions[k]! * INSTANCE_WIDTH + offset]!
      if (Number.isNaN(value)) continue
      sum += value
      known++
    }
    return sum > 0 ? sum / known : 1
  }

  #grow(capacity: number): void {
    this.positions = new Int32Array(capacity)
    this.inFlight = new Float32Array(capacity)
    this.candidates = new Float32Array(capacity * this.candidateWidth)
  }
}
