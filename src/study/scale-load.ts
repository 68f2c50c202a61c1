/** The same scenario with more or fewer users. */
import { UsageError } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'
import { scaledExecutor } from '../traffic/index.ts'

/**
 * Users of closed phases and session rates of open ones times `factor`, with room for that many. A limit that a phase
 * sets to its users grows, but does not shrink: it is there so that starts find a user.
 *
 * @throws UsageError unless the factor is above 0
 */
export function scaleLoad(scenario: Scenario, factor: number): Scenario {
  if (!(factor > 0 && Number.isFinite(factor))) {
    throw new UsageError(`load: expected a factor above 0, got ${factor}`)
  }
  if (factor === 1) return scenario
  const most = Math.max(1, factor)
  return {
    ...scenario,
    accounts: Math.ceil(scenario.accounts * most),
    maxConcurrentUsers: Math.ceil(scenario.maxConcurrentUsers * most),
    maxEvents: Math.ceil(scenario.maxEvents * most),
    phases: scenario.phases.map((phase) => ({
      ...phase,
      executor: scaledExecutor(phase.executor, factor),
    })),
  }
}
