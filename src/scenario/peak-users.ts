/** The most users that the phases hold at one time. */
import { heldUsers, isOpen } from './executor.ts'
import type { Phase } from './scenario.ts'

type Planned = Pick<Phase, 'startMs' | 'durationMs' | 'executor' | 'gracefulStopMs' | 'variability'>

/**
 * Phases that overlap add up; a phase that ends when another starts does not. One that varies counts at its most, an
 * open one with the limit that it sets itself, if it does.
 *
 * @param withGrace users who are let go on after the end of their phase count until they are cut
 */
export function peakUsers(phases: readonly Planned[], withGrace = false): number {
  const changes = phases.flatMap((phase) => {
    const { startMs, durationMs, gracefulStopMs } = phase
    const users = mostUsersOf(phase)
    const graceMs = withGrace ? (gracefulStopMs ?? 0) : 0
    return [
      { atMs: startMs, users },
      { atMs: startMs + durationMs + graceMs, users: -users },
    ]
  })
  changes.sort((a, b) => a.atMs - b.atMs || a.users - b.users)
  let current = 0
  let peak = 0
  for (const change of changes) {
    current += change.users
    peak = Math.max(peak, current)
  }
  return peak
}

function mostUsersOf({ executor, variability }: Planned): number {
  if (isOpen(executor)) return executor.maxUsers ?? 0
  // Twelve digits are what the product means; what rounding adds to 11 must not make it 12.
  return Math.ceil(Number((heldUsers(executor) * (1 + variability.users)).toPrecision(12)))
}

/** An open loop without a limit of its own gathers as many as the shop makes it; only the accounts bound those. */
export function defaultMaxConcurrentUsers(phases: readonly Planned[], accounts: number): number {
  const unlimited = phases.some(({ executor }) => isOpen(executor) && executor.maxUsers === undefined)
  return unlimited ? accounts : Math.min(accounts, peakUsers(phases, true))
}
