/** How a number of the service's state is made of what was observed. Not known (NaN) stays so. */
import {
  type ContextFeature,
  contextFeature,
  INSTANCE_WIDTH,
  type InstanceFeature,
  type Observation,
} from '../../routing/index.ts'
import { type Candidates, meanAt } from './candidate-derivations.ts'

type Derive = (observation: Observation, candidates: Candidates, offset: number) => number

const ELIGIBLE = contextFeature('eligible')
const MEAN_WORK = contextFeature('meanWorkMs')

/** From one number of the context. */
const OF_CONTEXT = {
  value: ({ context }, _candidates, offset) => context[offset]!,
  /** Divided by the number of instances that may be chosen. */
  'per-eligible': ({ context }, _candidates, offset) => context[offset]! / Math.max(1, context[ELIGIBLE]!),
  /** Divided by the mean work of a request. */
  'per-mean-work': ({ context }, _candidates, offset) => context[offset]! / context[MEAN_WORK]!,
} as const satisfies Record<string, Derive>

/** From the same feature of all candidates. */
const OF_CANDIDATES = {
  mean: meanOf,
  greatest: greatestOf,
  /** How far the greatest lies above the mean, in units of the mean plus one: 0 where all are alike. */
  imbalance: (observation, candidates, offset) => {
    const mean = meanOf(observation, candidates, offset)
    return (greatestOf(observation, candidates, offset) - mean) / (mean + 1)
  },
  /** The greatest in units of the mean. */
  'greatest-relative': (observation, candidates, offset) =>
    greatestOf(observation, candidates, offset) /
    meanAt(observation.instances, candidates.positions, candidates.count, offset),
} as const satisfies Record<string, Derive>

/** What must be known of a feature of the state to read it. */
export interface StateSource {
  /** Of the context, or of the candidates, as the derivation has it. */
  readonly source: ContextFeature | InstanceFeature
  readonly derivation: keyof typeof OF_CONTEXT | keyof typeof OF_CANDIDATES
}

function meanOf({ instances }: Observation, { positions, count }: Candidates, offset: number): number {
  let sum = 0
  let known = 0
  for (let k = 0; k < count; k++) {
    const value = instances[positions[k]! * INSTANCE_WIDTH + offset]!
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return known === 0 ? Number.NaN : sum / known
}

function greatestOf({ instances }: Observation, { positions, count }: Candidates, offset: number): number {
  let greatest = Number.NaN
  for (let k = 0; k < count; k++) {
    const value = instances[positions[k]! * INSTANCE_WIDTH + offset]!
    if (Number.isNaN(greatest) || value > greatest) greatest = value
  }
  return greatest
}

export interface StateDerivation {
  readonly derive: Derive
  /** Whether the source is a feature of the candidates, not one of the context. */
  readonly ofCandidates: boolean
}

export function stateDerivation(name: string): StateDerivation | undefined {
  const ofContext = (OF_CONTEXT as Readonly<Record<string, Derive>>)[name]
  const derive = ofContext ?? (OF_CANDIDATES as Readonly<Record<string, Derive>>)[name]
  return derive === undefined ? undefined : { derive, ofCandidates: ofContext === undefined }
}
