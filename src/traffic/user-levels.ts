/**
 * How many users each phase wants at every moment: a pure function of the scenario, as a list of steps.
 *
 * A phase ramps linearly from the users that it takes over (those of phases that end when it starts) to its own
 * number within its ramp-up time, holds, and wants none after its end. The j-th of n steps of a ramp comes at
 * (j - 1/2) / n of it, so that the area under the steps is the area under the line.
 *
 * A phase that varies keeps to that plan while it ramps. From then on its level is drawn anew every minute, by key:
 * the same seed has the same levels, whatever else is drawn.
 */
import { keyedUniform, keyOf } from '../core/index.ts'
import type { Phase } from '../scenario/index.ts'

const MINUTE_MS = 60_000

export interface LevelStep {
  readonly atMs: number
  /** Index of the phase. */
  readonly phase: number
  /** Users that the phase wants from now on. */
  readonly users: number
}

/** All steps in the order of time; of those at one time, the last one of a phase holds. */
export function levelSteps(phases: readonly Phase[], seed: number): LevelStep[] {
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
    for (const step of variedLevels(phase, index, seed)) steps.push(step)
    steps.push({ atMs: phase.startMs + phase.durationMs, phase: index, users: 0 })
  }
  return steps.sort((a, b) => a.atMs - b.atMs)
}

/** The levels of a phase that varies: uniform around its number, one for every minute of it that it does not ramp. */
function* variedLevels(phase: Phase, index: number, seed: number): Generator<LevelStep> {
  const spread = phase.variability.users
  if (spread === 0) return
  const key = keyOf(`${seed}/users/${index}`)
  const heldFromMs = Math.min(phase.rampUpMs, phase.durationMs)
  for (let minute = Math.floor(heldFromMs / MINUTE_MS); minute * MINUTE_MS < phase.durationMs; minute++) {
    const sinceStartMs = Math.max(minute * MINUTE_MS, heldFromMs)
    const factor = 1 + spread * (2 * keyedUniform(key, minute) - 1)
    yield { atMs: phase.startMs + sinceStartMs, phase: index, users: Math.round(phase.users * factor) }
  }
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
