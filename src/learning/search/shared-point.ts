/** Weights for a service that nobody has recorded: what is good for those that were, and harms none of them. */
import { LINEAR_WIDTH } from '../linear/linear-features.ts'
import { PRIOR_WEIGHTS, pointOf } from '../linear/linear-weights.ts'
import { overallCost } from './rollout-evaluator.ts'
import type { ServiceSearch } from './service-search.ts'

/** No service may cost more than this under it, as a logarithm. */
const MOST_HARM = 0.01

/** Of the points that were found for the services, their mean and the prior: the one of least mean cost over all services. */
export function sharedPoint(searches: readonly ServiceSearch[]): Float64Array {
  let best = pointOf(PRIOR_WEIGHTS)
  let least = 0
  const found = searches.filter(({ bestCost }) => bestCost < 0).map(({ best: point }) => point)
  if (found.length === 0) return best
  for (const point of found.length > 1 ? [...found, meanOf(found)] : found) {
    const costs = searches.map((search) => overallCost(search.validationCosts(point)))
    const cost = costs.reduce((sum, one) => sum + one, 0) / costs.length
    if (cost >= least || Math.max(...costs) > MOST_HARM) continue
    best = point
    least = cost
  }
  return best.slice()
}

function meanOf(points: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: LINEAR_WIDTH }, (_, d) => {
    return points.reduce((sum, point) => sum + point[d]!, 0) / points.length
  })
}
