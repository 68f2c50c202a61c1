/**
 * The weights of the linear scorer by name, and as the coordinates in which they are searched:
 *
 *     w = unit * sinh(max(0, z))
 *
 * nearly linear for small z, exponential for large ones, so that one step finds both a shade of a preference and a rule
 * that nothing outweighs. No weight is below 0: load, slowness and failures never make an instance more attractive,
 * whatever a log seems to say.
 */
import { LINEAR_FEATURES, LINEAR_WIDTH, type LinearFeatureName } from './linear-features.ts'

export type LinearWeights = Readonly<Record<LinearFeatureName, number>>

/** Least outstanding requests, away from instances that fail: what is known before anything is learned. */
export const PRIOR_WEIGHTS: LinearWeights = weightsOf({ inFlight: 1, recentErrors: 100, errors: 10 })

const UNITS: LinearWeights = weightsOf({
  inFlight: 1,
  work: 1,
  slowness: 1,
  inFlightSlowness: 1,
  workSlowness: 1,
  recentErrors: 1,
  errors: 1,
  misplaced: 3,
  straddling: 3,
  crowding: 3,
  dearWork: 1,
})

const FAILURES = ['recentErrors', 'errors'] as const

/** Those that are not given are 0. */
export function weightsOf(some: Partial<LinearWeights>): LinearWeights {
  return Object.fromEntries(LINEAR_FEATURES.map(({ name }) => [name, some[name] ?? 0])) as LinearWeights
}

/** Shape [LINEAR_WIDTH]: where a point of the search space has these weights. */
export function pointOf(weights: LinearWeights): Float64Array {
  return Float64Array.from(LINEAR_FEATURES, ({ name }) => Math.asinh(weights[name] / UNITS[name]))
}

export function weightsAt(point: Float64Array): LinearWeights {
  const weights: Partial<Record<LinearFeatureName, number>> = {}
  for (let f = 0; f < LINEAR_WIDTH; f++) {
    const { name } = LINEAR_FEATURES[f]!
    // Six digits say all that a weight can mean, and are the same on every machine.
    weights[name] = Number((UNITS[name] * Math.sinh(Math.max(0, point[f]!))).toPrecision(6))
  }
  // However much a request in flight counts: a failure counts as so many of them.
  const request = Math.max(1, weights.inFlight! + weights.work!)
  for (const name of FAILURES) weights[name] = Number((weights[name]! * request).toPrecision(6))
  return weights as LinearWeights
}
