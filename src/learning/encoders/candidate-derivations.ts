/**
 * How a number of a candidate is made of what was observed: from a feature of its own row, and from those of the other
 * candidates where it is the comparison that counts.
 *
 * Ratios, ranks and shares do not depend on the unit or the load, so a model that goes by them serves loads, numbers of
 * instances and kinds of work that it has not met. A value that is not known (NaN) stays so, and is left out of means,
 * ranks and minima.
 */
import {
  contextFeature,
  INSTANCE_WIDTH,
  type InstanceFeature,
  instanceFeature,
  type Observation,
} from '../../routing/index.ts'

/** The eligible instances of one decision, as indices among all. */
export interface Candidates {
  readonly positions: Int32Array
  readonly count: number
}

/**
 * @param offset of the source within a row
 * @param values shape [at least count], overwritten
 */
type Derive = (observation: Observation, candidates: Candidates, offset: number, values: Float64Array) => void

const MEAN_WORK = contextFeature('meanWorkMs')
const CHEAPER_SHARE = contextFeature('cheaperWorkShare')
const OWN_SHARE = contextFeature('ownWorkShare')
const SLOWNESS = instanceFeature('slowness')
const WEIGHT = instanceFeature('weight')

const DERIVATIONS = {
  value: copy,
  /** Divided by the mean of the candidates that have a value; by 1 where all are 0. */
  relative(observation, candidates, offset, values) {
    copy(observation, candidates, offset, values)
    divide(values, candidates.count, positiveMean(values, candidates.count))
  },
  /** Minus the lowest of the candidates. */
  'above-lowest'(observation, candidates, offset, values) {
    copy(observation, candidates, offset, values)
    let lowest = Number.POSITIVE_INFINITY
    for (let k = 0; k < candidates.count; k++) if (values[k]! < lowest) lowest = values[k]!
    for (let k = 0; k < candidates.count; k++) values[k]! -= lowest
  },
  /** Share of the other candidates that are lower, equal ones counted half: 0 to 1; 0.5 if there is no other. */
  rank,
  /** Divided by its configured weight, in units of the candidates' mean weight. */
  'per-weight'({ instances }, { positions, count }, offset, values) {
    const mean = meanAt(instances, positions, count, WEIGHT)
    for (let k = 0; k < count; k++) {
      const row = positions[k]! * INSTANCE_WIDTH
      values[k] = (instances[row + offset]! * mean) / Math.max(instances[row + WEIGHT]!, 1e-3)
    }
  },
  /** Divided by the mean work of a request: so many requests of work. */
  'per-mean-work'(observation, candidates, offset, values) {
    copy(observation, candidates, offset, values)
    divide(values, candidates.count, observation.context[MEAN_WORK]!)
  },
  /** So many requests of work, and the one to be routed, times how slow it is among the candidates. */
  'work-delay'({ context, instances }, { positions, count }, offset, values) {
    const meanWork = context[MEAN_WORK]!
    scaleBySlowness(instances, positions, count, offset, meanWork, values)
  },
  /** One more than its value, times how slow it is among the candidates: shortest expected delay. */
  delay({ instances }, { positions, count }, offset, values) {
    scaleBySlowness(instances, positions, count, offset, 1, values)
  },
  /** Where it stands among the candidates, in the order of the rows: 0 to 1, the middle of its place. */
  position(_observation, { count }, _offset, values) {
    for (let k = 0; k < count; k++) values[k] = (k + 0.5) / count
  },
  /**
   * How far its position lies before the interval of the fleet that is for the route's work, were routes kept apart by
   * their cost (SITA-E; Harchol-Balter, Crovella and Murta 1999): 0 within it and behind it.
   */
  'before-interval'({ context }, { count }, _offset, values) {
    const first = context[CHEAPER_SHARE]!
    for (let k = 0; k < count; k++) values[k] = Math.max(0, first - (k + 0.5) / count)
  },
  /** The same behind the interval. */
  'behind-interval'({ context }, { count }, _offset, values) {
    const last = context[CHEAPER_SHARE]! + context[OWN_SHARE]!
    for (let k = 0; k < count; k++) values[k] = Math.max(0, (k + 0.5) / count - last)
  },
} as const satisfies Record<string, Derive>

type CandidateDerivation = keyof typeof DERIVATIONS

export function candidateDerivation(name: string): Derive | undefined {
  return (DERIVATIONS as Readonly<Record<string, Derive>>)[name]
}

/** What must be known of a candidate's feature to read it; without a source it comes of its place alone. */
export interface CandidateSource {
  readonly source: InstanceFeature | null
  readonly derivation: CandidateDerivation
}

function copy(
  { instances }: Observation,
  { positions, count }: Candidates,
  offset: number,
  values: Float64Array,
): void {
  for (let k = 0; k < count; k++) values[k] = instances[positions[k]! * INSTANCE_WIDTH + offset]!
}

function divide(values: Float64Array, count: number, divisor: number): void {
  for (let k = 0; k < count; k++) values[k]! /= divisor
}

/** Mean of the values that are known; 1 where there is none or all are 0, so that ratios stay finite. */
function positiveMean(values: Float64Array, count: number): number {
  let sum = 0
  let known = 0
  for (let k = 0; k < count; k++) {
    const value = values[k]!
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return sum > 0 ? sum / known : 1
}

/** The same of a feature; 1 where nobody has it. */
export function meanAt(
  instances: Float64Array,
  positions: Int32Array,
  count: number,
  offset: number,
): number {
  let sum = 0
  let known = 0
  for (let k = 0; k < count; k++) {
    const value = instances[positions[k]! * INSTANCE_WIDTH + offset]!
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return sum > 0 ? sum / known : 1
}

/** (value / unit + 1) times relative slowness; an instance of which none is known counts as the mean. */
function scaleBySlowness(
  instances: Float64Array,
  positions: Int32Array,
  count: number,
  offset: number,
  unit: number,
  values: Float64Array,
): void {
  const mean = meanAt(instances, positions, count, SLOWNESS)
  for (let k = 0; k < count; k++) {
    const row = positions[k]! * INSTANCE_WIDTH
    const slowness = instances[row + SLOWNESS]!
    const relative = Number.isNaN(slowness) ? 1 : slowness / mean
    values[k] = (instances[row + offset]! / unit + 1) * relative
  }
}

function rank(
  { instances }: Observation,
  { positions, count }: Candidates,
  offset: number,
  values: Float64Array,
): void {
  for (let k = 0; k < count; k++) {
    const value = instances[positions[k]! * INSTANCE_WIDTH + offset]!
    let lower = 0
    let equal = 0
    let higher = 0
    for (let other = 0; other < count; other++) {
      const its = instances[positions[other]! * INSTANCE_WIDTH + offset]!
      if (its < value) lower++
      else if (its > value) higher++
      else if (its === value) equal++
    }
    const others = lower + equal + higher - 1
    if (Number.isNaN(value)) values[k] = value
    else values[k] = others === 0 ? 0.5 : (lower + (equal - 1) / 2) / others
  }
}
