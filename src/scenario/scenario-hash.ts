/** The identity of a resolved scenario. */
import { contentHash } from '../core/index.ts'
import type { Phase, Scenario } from './scenario.ts'

/**
 * SHA-256 of the scenario with all defaults in place: equal for files that mean the same. Of a trace its content counts,
 * and not where the file lies: that differs from machine to machine.
 */
export function scenarioHash(scenario: Scenario): string {
  return contentHash({ ...scenario, phases: scenario.phases.map(withoutPlace) })
}

function withoutPlace(phase: Phase): object {
  if (phase.executor.kind !== 'trace-replay') return phase
  const { file: _, ...trace } = phase.executor.trace
  return { ...phase, executor: { ...phase.executor, trace } }
}
