/**
 * How many users each phase wants at every moment: a pure function of the scenario, as a list of steps.
 *
 * A phase ramps linearly from the users that it takes over (those of phases that end when it starts) to its own
 * number within its ramp-up time, holds, and wants none after its end. The j-th of n steps of a ramp comes at
 * (j - 1/2) / n of it, so that the area under the steps is the area under the line.
 */
import type { Phase } from '../scenario/index.ts'

export interface LevelStep {
  readonly atMs: number
  /** Index of the phase. */
  readonly phase: number
  /** Users that the phase wants from now on. */
  readonly users: number
}

/** All steps in the order of time. */
export function levelSteps(phases: readonly Phase[]): LevelStep[] {
  const steps: LevelStep[] = []
  for (const [index, phase] of phases.entries()) {
    if (phase.users === 0) continue
    const from = usersTakenOver(phases, phase)
    const change = Math.abs(phase.users - from)
    if (from > 0) steps.push({ atMs: phase.startMs, phase: index, users: from })
    for (let j = 1; j <= change; j++) {
      const atMs = phase.startMs + (Math.min(phase.rampUpMs, phase.durationMs) * (j - 0.5)) / change
      steps.push({ atMs, phase: index, users: from + j * Math.sign(phase.users - from) })
    }
    steps.push({ atMs: phase.startMs + phase.durationMs, phase: index, users: 0 })
  }
  return steps.sort((a, b) => a.atMs - b.atMs)
}

/** This phase's part of the users of the phases that end when it starts. */
function usersTakenOver(phases: readonly Phase[], phase: Phase): number {
  let ending = 0
  let starting = 0
  for (const other of phases) {
    if (other.startMs + other.durationMs === phase.startMs) ending += other.users
    if (other.startMs === phase.startMs) starting += other.users
  }
  return Math.round((ending * phase.users) / starting)
}
