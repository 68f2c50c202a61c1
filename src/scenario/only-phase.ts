/** A scenario cut down to one of its phases: what `--phase` asks for. */
import { didYouMean, UsageError } from '../core/index.ts'
import { hasIterations, isOpen } from './executor.ts'
import type { Phase, Scenario } from './scenario.ts'
import { parseThresholdMetric } from './threshold/threshold.ts'
import { unmeasurableText } from './threshold/threshold-rules.ts'

/** @throws UsageError if there is none of this name */
export function phaseNamed({ phases }: Pick<Scenario, 'phases'>, name: string): Phase {
  const found = phases.find((phase) => phase.name === name)
  if (found !== undefined) return found
  const names = phases.map((phase) => phase.name)
  throw new UsageError(
    `--phase: the scenario has no phase "${name}"${didYouMean(name, names)}; it has: ${names.join(', ')}`,
  )
}

/**
 * The scenario with this phase alone, from time 0; faults come along, at their times from its beginning. Thresholds on
 * what only other phases do stay behind: nothing could be measured for them.
 */
export function onlyPhase(scenario: Scenario, phase: Phase): Scenario {
  const { faults, chaos, thresholds } = scenario
  const single = {
    ...scenario,
    phases: [{ ...phase, startMs: 0 }],
    behaviors: Object.fromEntries(
      Object.keys(phase.behaviors).map((name) => [name, scenario.behaviors[name]!]),
    ),
    faults: shifted(faults, phase.startMs),
    chaos: shifted(chaos, phase.startMs),
  }
  return { ...single, thresholds: thresholds.filter(({ metric }) => isOf(phase, metric, single)) }
}

function isOf({ executor }: Phase, metric: string, single: Scenario): boolean {
  if (unmeasurableText(metric, single) !== undefined) return false
  const startsArePlanned = isOpen(executor) || hasIterations(executor)
  return startsArePlanned || parseThresholdMetric(metric)?.measure.of !== 'droppedRate'
}

function shifted<T extends { readonly startMs: number; readonly durationMs: number }>(
  all: readonly T[],
  byMs: number,
): T[] {
  return all
    .map((one) => {
      const [startMs, endMs] = [one.startMs - byMs, one.startMs - byMs + one.durationMs]
      const from = Math.max(0, startMs)
      return { ...one, startMs: from, durationMs: endMs - from }
    })
    .filter(({ durationMs }) => durationMs > 0)
}
