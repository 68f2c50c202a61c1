/**
 * From an observation to the numbers that a model goes by. Training and serving both come through here, so a state
 * that was recorded and the same state in service give the same numbers, bit for bit.
 */
import { LearningError } from '../../core/index.ts'
import {
  CONTEXT_FEATURES,
  INSTANCE_FEATURES,
  INSTANCE_WIDTH,
  instanceFeature,
  type Observation,
  quantize,
} from '../../routing/index.ts'
import { type CandidateSource, candidateDerivation } from './candidate-derivations.ts'
import { type StateSource, stateDerivation } from './state-derivations.ts'

export type { CandidateSource } from './candidate-derivations.ts'
export type { StateSource } from './state-derivations.ts'

const IN_FLIGHT = instanceFeature('inFlight')

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
  readonly #ofState: readonly ReturnType<typeof stateColumn>[]
  readonly #ofCandidates: readonly ReturnType<typeof candidateColumn>[]
  /** One feature of all candidates, before it is rounded. */
  #column = new Float64Array(8)

  /** @throws LearningError for a source or derivation that this release does not know */
  constructor(state: readonly StateSource[], candidate: readonly CandidateSource[]) {
    this.stateWidth = state.length
    this.candidateWidth = candidate.length
    this.state = new Float32Array(state.length)
    this.candidates = new Float32Array(8 * candidate.length)
    this.#ofState = state.map(stateColumn)
    this.#ofCandidates = candidate.map(candidateColumn)
  }

  read(observation: Observation): void {
    this.#readPositions(observation)
    const { stateWidth, candidateWidth: width, count, candidates } = this
    for (let f = 0; f < stateWidth; f++) {
      const { derive, offset } = this.#ofState[f]!
      this.state[f] = quantize(derive(observation, this, offset))
    }
    const column = this.#column
    for (let f = 0; f < width; f++) {
      const { derive, offset } = this.#ofCandidates[f]!
      derive(observation, this, offset, column)
      for (let k = 0; k < count; k++) candidates[k * width + f] = quantize(column[k]!)
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

  #grow(capacity: number): void {
    this.positions = new Int32Array(capacity)
    this.inFlight = new Float32Array(capacity)
    this.candidates = new Float32Array(capacity * this.candidateWidth)
    this.#column = new Float64Array(capacity)
  }
}

function stateColumn({ source, derivation }: StateSource) {
  const found = stateDerivation(derivation)
  const sources: readonly string[] = found?.ofCandidates === true ? INSTANCE_FEATURES : CONTEXT_FEATURES
  const offset = sources.indexOf(source)
  if (found === undefined || offset < 0) throw unknown(source, derivation)
  return { derive: found.derive, offset }
}

function candidateColumn({ source, derivation }: CandidateSource) {
  const derive = candidateDerivation(derivation)
  const offset = source === null ? -1 : INSTANCE_FEATURES.indexOf(source)
  if (derive === undefined || (source !== null && offset < 0)) throw unknown(source, derivation)
  return { derive, offset }
}

function unknown(source: string | null, derivation: string): LearningError {
  return new LearningError(
    `feature "${derivation}" of ${JSON.stringify(source)} is not known to this release: train again`,
  )
}
