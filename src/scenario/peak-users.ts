/** The most users that the phases hold at one time. */
import type { Phase } from './scenario.ts'

/** Phases that overlap add up; a phase that ends when another starts does not. One that varies counts at its most. */
export function peakUsers(
  phases: readonly Pick<Phase, 'startMs' | 'durationMs' | 'users' | 'variability'>[],
): number {
  const changes = phases.flatMap(({ startMs, durationMs, users: planned, variability }) => {
    // Twelve digits are what the product means; what rounding adds to 11 must not make it 12.
    const users = Math.ceil(Number((planned * (1 + variability.users)).toPrecision(12)))
    return [
      { atMs: startMs, users },
      { atMs: startMs + durationMs, users: -users },
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
