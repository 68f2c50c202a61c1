/** Where a run held less load than its scenario asked for. Said aloud, since every number of the run hangs on it. */
import type { Scenario } from '../scenario/index.ts'
import { plannedUserSeconds } from '../traffic/index.ts'
import type { RunStatistics } from './run-statistics.ts'

/** Less than this share of the planned user-seconds is worth a warning. */
const HELD = 0.97

/** One line per phase that fell short, and one for open-loop sessions that found no room. */
export function shortfalls(scenario: Scenario, { phases, sessions }: RunStatistics): string[] {
  const lines = scenario.phases.flatMap((phase, i) => {
    const planned = plannedUserSeconds(scenario, i)
    const held = phases[i]!.userMs / 1000
    if (held >= HELD * planned) return []
    return [
      `phase "${phase.name}" held ${((100 * held) / planned).toFixed(1)} % of the user-seconds asked for: ` +
        'the generator could not keep up, or accounts were short',
    ]
  })
  if (sessions.dropped > 0) {
    lines.push(
      `${sessions.dropped} of ${sessions.dropped + sessions.started} sessions could not start: ` +
        'raise accounts or maxConcurrentUsers',
    )
  }
  return lines
}
