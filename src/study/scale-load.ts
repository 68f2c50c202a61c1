/** The same scenario with more or fewer users. */
import { UsageError } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'

/**
 * Users of closed phases and session rates of open ones times `factor`, with room for that many.
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
      // A phase that has users must not lose them all to rounding.
      users: phase.users === 0 ? 0 : Math.max(1, Math.round(phase.users * factor)),
      sessionsPerSecond: phase.sessionsPerSecond * factor,
    })),
  }
}
