/** How long users think after a page or a request: the range of the behaviour, wider at both ends in phases that vary. */
import { type Random, uniform } from '../core/index.ts'
import type { Phase, Range } from '../scenario/index.ts'
import type { SessionContext } from './session.ts'

/** Seconds at medium intensity. */
export function drawThinkSeconds([low, high]: Range, phase: Phase, random: Random): number {
  const { thinkTime } = phase.variability
  return uniform(random, low * (1 - thinkTime), high * (1 + thinkTime))
}

export function meanThinkSeconds([low, high]: Range, phase: Phase): number {
  const { thinkTime } = phase.variability
  return (low * (1 - thinkTime) + high * (1 + thinkTime)) / 2
}

/** The pause of a user now, in milliseconds of the run. */
export function thinkMs(context: SessionContext, range: Range): number {
  const phase = context.currentPhase()
  const seconds = drawThinkSeconds(range, phase, context.random)
  return (seconds * 1000) / (phase.pace * context.scenario.timeScale)
}
