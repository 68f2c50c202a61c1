/** From the phases of a file to those of a resolved scenario. */
import { byFullServiceName } from './fields.ts'
import { paceOf } from './intensity.ts'
import type { Phase } from './scenario.ts'
import type { PhaseFile } from './scenario-schema.ts'
import { minutesToMs, secondsToMs } from './units.ts'

/** A phase without a start follows the one before it. */
export function resolvePhases(files: readonly PhaseFile[]): Phase[] {
  let previousEndMs = 0
  return files.map((file) => {
    const startMs = file.startMinute === undefined ? previousEndMs : minutesToMs(file.startMinute)
    const durationMs = minutesToMs(file.durationMinutes)
    previousEndMs = startMs + durationMs
    return {
      name: file.name,
      startMs,
      durationMs,
      users: file.users ?? 0,
      sessionsPerSecond: file.sessionsPerSecond ?? 0,
      rampUpMs: secondsToMs(file.rampUpSeconds),
      intensity: String(file.intensity),
      pace: paceOf(file.intensity),
      behaviors: normalizedShares(file.behaviors),
      ...(file.actions && { actions: file.actions }),
      backgroundLoad: byFullServiceName(file.backgroundLoad),
      variability: file.variability,
    }
  })
}

/** Shares that sum to 1; those of 0 are left out. */
export function normalizedShares(shares: Readonly<Record<string, number>>): Record<string, number> {
  const total = sumOf(shares)
  const present = Object.entries(shares).filter(([, value]) => value > 0)
  return Object.fromEntries(present.map(([name, value]) => [name, value / total]))
}

export function sumOf(shares: Readonly<Record<string, number>>): number {
  return Object.values(shares).reduce((sum, value) => sum + value, 0)
}
