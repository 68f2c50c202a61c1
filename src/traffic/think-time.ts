/** How long users think after a page: the range of the behaviour, wider at both ends in phases that vary. */
import { type Random, uniform } from '../core/index.ts'
import type { Behavior, Phase } from '../scenario/index.ts'

/** Seconds at medium intensity. */
export function drawThinkSeconds(behavior: Behavior, phase: Phase, random: Random): number {
  const [low, high] = behavior.thinkTimeSeconds
  const { thinkTime } = phase.variability
  return uniform(random, low * (1 - thinkTime), high * (1 + thinkTime))
}

export function meanThinkSeconds(behavior: Behavior, phase: Phase): number {
  const [low, high] = behavior.thinkTimeSeconds
  const { thinkTime } = phase.variability
  return (low * (1 - thinkTime) + high * (1 + thinkTime)) / 2
}
