/** Patterns and profiles together: the phases of a foreign scenario and the behaviours that occur in them. */
import type { Behavior, Phase } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'
import { type Pattern, phasesOf } from './pattern.ts'
import type { ProfileBook } from './profile-book.ts'

/** @param paths where each pattern stands */
export function trafficOf(
  file: ForeignFile,
  patterns: readonly Pattern[],
  paths: readonly FieldPath[],
  book: ProfileBook,
): { phases: Phase[]; behaviors: Record<string, Behavior> } {
  const phases = phasesOf(file, patterns, paths, book.names)
  const behaviors = new Map<string, Behavior>()
  for (const [index, phase] of phases.entries()) {
    for (const name of Object.keys(phase.behaviors)) {
      if (behaviors.has(name)) continue
      const behavior = book.get(name, [...paths[index]!, 'user_behavior_distribution', name])
      if (behavior !== undefined) behaviors.set(name, behavior)
    }
  }
  return { phases, behaviors: Object.fromEntries(behaviors) }
}
