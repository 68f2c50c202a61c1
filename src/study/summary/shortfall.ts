/** Where a run held less load than its scenario asked for. Said aloud, since every number of the run hangs on it. */
import { hasIterations, isOpen, type Scenario } from '../../scenario/index.ts'
import { plannedUserSeconds } from '../../traffic/index.ts'
import type { RunStatistics } from '../statistics/run-statistics.ts'

/** Less than this share of the planned user-seconds is worth a warning. */
const HELD = 0.97

/** One line per phase that fell short. */
export function shortfalls(scenario: Scenario, { phases }: Pick<RunStatistics, 'phases'>): string[] {
  return scenario.phases.flatMap(({ name, executor }, i) => {
    const { planned, sessions, dropped, userMs } = phases[i]!
    if (isOpen(executor)) return dropped === 0 ? [] : [droppedText(name, dropped, planned, executor.maxUsers)]
    if (hasIterations(executor)) {
      if (sessions >= planned) return []
      return [
        `phase "${name}" came to ${sessions} of its ${planned} sessions before its time was over: ` +
          'give it a longer durationMinutes, or more users',
      ]
    }
    const plannedMs = plannedUserSeconds(scenario, i) * 1000
    if (userMs >= HELD * plannedMs) return []
    return [
      `phase "${name}" held ${((100 * userMs) / plannedMs).toFixed(1)} % of the user-seconds asked for: ` +
        'the generator could not keep up, or accounts were short',
    ]
  })
}

function droppedText(name: string, dropped: number, planned: number, maxUsers: number | undefined): string {
  const limits = maxUsers === undefined ? '' : `, or maxUsers of the phase (${maxUsers})`
  return (
    `phase "${name}": ${dropped} of ${planned} sessions found no free user and were dropped: ` +
    `raise accounts or maxConcurrentUsers${limits}`
  )
}
