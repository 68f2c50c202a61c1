/** From the phases of a file to those of a resolved scenario. */
import { byFullServiceName } from './fields.ts'
import { tagsOf } from './flow/resolve-flow.ts'
import { paceOf } from './intensity.ts'
import { impliedDurationMs, resolveExecutor, resolveGracefulStop } from './resolve-executor.ts'
import type { Phase } from './scenario.ts'
import type { PhaseFile } from './scenario-schema.ts'
import { NO_TRACES, type PhaseTraces } from './trace/phase-traces.ts'
import { REPLAYED_REQUESTS } from './trace/replayed-requests.ts'
import { minutesToMs } from './units.ts'

/** A phase without a start follows the one before it. Undefined if one has no sound executor or no length. */
export function soundPhases(
  files: readonly PhaseFile[],
  traces: PhaseTraces = NO_TRACES,
): Phase[] | undefined {
  let previousEndMs = 0
  const phases: Phase[] = []
  for (const [index, file] of files.entries()) {
    const executor = resolveExecutor(file, traces.get(index))
    if (executor === undefined) return undefined
    const startMs = file.startMinute === undefined ? previousEndMs : minutesToMs(file.startMinute)
    const durationMs =
      file.durationMinutes === undefined ? impliedDurationMs(executor) : minutesToMs(file.durationMinutes)
    if (durationMs === undefined) return undefined
    previousEndMs = startMs + durationMs
    phases.push({
      name: file.name,
      startMs,
      durationMs,
      executor,
      gracefulStopMs: resolveGracefulStop(file),
      intensity: String(file.intensity),
      pace: paceOf(file.intensity),
      behaviors: file.behaviors === undefined ? { [REPLAYED_REQUESTS]: 1 } : normalizedShares(file.behaviors),
      ...(file.actions && { actions: file.actions }),
      backgroundLoad: byFullServiceName(file.backgroundLoad),
      variability: file.variability,
      ...tagsOf(file.tags),
    })
  }
  return phases
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
