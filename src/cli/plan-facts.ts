/** What the plan shows besides the scenario: estimated, or chosen on the command line. */
import type { PlanFacts } from '../report/index.ts'
import type { Scenario } from '../scenario/index.ts'
import { expectedLoad } from '../traffic/index.ts'

/** @param target URL of the balancer, or `embedded` */
export function planFacts(scenario: Scenario, target: string, runDirectory: string): PlanFacts {
  const { requests, sessions, peakUsers } = expectedLoad(scenario)
  return { target, runDirectory, expectedRequests: requests, expectedSessions: sessions, peakUsers }
}
