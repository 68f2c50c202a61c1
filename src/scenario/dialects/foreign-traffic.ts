/** Patterns and profiles together: the phases of a foreign scenario, who comes in them, and what goes wrong meanwhile. */
import type { Behavior, Phase } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'
import { type Pattern, phasesOf } from './pattern.ts'
import type { ProfileBook } from './profile-book.ts'
import { readConditions } from './simulated-conditions.ts'
import type { StatedTrouble } from './timed-trouble.ts'

export interface ForeignTraffic {
  readonly phases: Phase[]
  readonly behaviors: Record<string, Behavior>
  readonly troubles: StatedTrouble[]
}

/**
 * @param patterns undefined if they are not sound: then only what is wrong with them is of interest
 * @param paths where each pattern stands
 */
export function trafficOf(
  file: ForeignFile,
  patterns: readonly Pattern[] | undefined,
  paths: readonly FieldPath[],
  book: ProfileBook,
): ForeignTraffic {
  const phases = phasesOf(file, patterns ?? [], paths, book.names)
  const behaviors = new Map<string, Behavior>()
  for (const [index, phase] of phases.entries()) {
    for (const name of Object.keys(phase.behaviors)) {
      if (behaviors.has(name)) continue
      const behavior = book.get(name, [...paths[index]!, 'user_behavior_distribution', name])
      if (behavior !== undefined) behaviors.set(name, behavior)
    }
  }
  const troubles = paths.flatMap((path, index) => troublesOf(file, path, phases[index]))
  return { phases, behaviors: Object.fromEntries(behaviors), troubles }
}

/** They last as long as the pattern in which they stand. */
function troublesOf(file: ForeignFile, path: FieldPath, phase: Phase | undefined): StatedTrouble[] {
  const conditions = readConditions(file, path)
  if (phase === undefined) return []
  const { startMs, durationMs } = phase
  return conditions.map((trouble) => ({ ...trouble, startMs, endMs: startMs + durationMs }))
}
