/**
 * The rule where a policy cannot go by what it learned, on recorded decisions: what linear scores and networks do in
 * service, so that the policy that is judged is the one deployed.
 */
import { STRATEGY_NAMES } from '../../routing/index.ts'
import type { ActionSpace } from '../learners/learner.ts'
import type { DecisionLog } from './decision-log.ts'

/**
 * Among instances: where requests in flight to a candidate are not known, least outstanding among those where they are.
 * Among strategies: where nothing is known of the state, the first one, `least-loaded`.
 *
 * @param costs shape [actions], overwritten where it falls back
 * @returns whether it does
 */
export function fallBack(log: DecisionLog, row: number, actions: ActionSpace, costs: Float64Array): boolean {
  return actions === 'instance' ? withoutInFlight(log, row, costs) : withoutState(log, row, costs)
}

function withoutInFlight({ state: { starts, inFlight } }: DecisionLog, row: number, costs: Float64Array) {
  const first = starts[row]!
  const known = inFlight.subarray(first, starts[row + 1]).every((load) => load >= 0)
  if (known) return false
  for (let k = first; k < starts[row + 1]!; k++) {
    costs[k - first] = Number.isNaN(inFlight[k]!) ? Number.POSITIVE_INFINITY : inFlight[k]!
  }
  return true
}

function withoutState({ state: { state }, stateWidth }: DecisionLog, row: number, costs: Float64Array) {
  if (state.subarray(row * stateWidth, (row + 1) * stateWidth).some(Number.isFinite)) return false
  for (let s = 0; s < STRATEGY_NAMES.length; s++) costs[s] = s
  return true
}
