/**
 * How many users each phase wants at every moment: a pure function of the scenario, as a list of steps.
 *
 * What a phase wants is up to its executor. One that goes on from another ramps from the users that it takes over:
 * those of phases that end when it starts, unless these stop their users themselves.
 *
 * A phase that varies keeps to that plan while it ramps. From then on its level is drawn anew every minute, by key:
 * the same seed has the same levels, whatever else is drawn.
 */
import { keyedUniform, keyOf } from '../core/index.ts'
import { type ConstantUsers, hasIterations, isOpen, type Phase } from '../scenario/index.ts'
import { executorKindOf } from './executors/index.ts'

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
    const { executor, startMs, durationMs } = phase
    if (isOpen(executor) || hasIterations(executor)) continue
    const from = usersTakenOver(phases, phase)
    for (const { sinceStartMs, users } of executorKindOf(executor).levels(executor, durationMs, from)) {
      steps.push({ atMs: startMs + sinceStartMs, phase: index, users })
    }
    if (executor.kind === 'constant-users') {
      for (const step of variedLevels(phase, executor, index, seed)) steps.push(step)
    }
    steps.push({ atMs: startMs + durationMs, phase: index, users: 0 })
  }
  return steps.sort((a, b) => a.atMs - b.atMs)
}

/** Its users go on with the next phase that needs some; else they finish their sessions and leave. */
export function handsOn({ executor, gracefulStopMs }: Phase): boolean {
  return gracefulStopMs === null && executor.kind === 'constant-users'
}

/** The levels of a phase that varies: uniform around its number, one for every minute of it that it does not ramp. */
function* variedLevels(
  phase: Phase,
  { users, rampUpMs }: ConstantUsers,
  index: number,
  seed: number,
): Generator<LevelStep> {
  const spread = phase.variability.users
  if (spread === 0) return
  const key = keyOf(`${seed}/users/${index}`)
  const heldFromMs = Math.min(rampUpMs, phase.durationMs)
  for (let minute = Math.floor(heldFromMs / MINUTE_MS); minute * MINUTE_MS < phase.durationMs; minute++) {
    const sinceStartMs = Math.max(minute * MINUTE_MS, heldFromMs)
    const factor = 1 + spread * (2 * keyedUniform(key, minute) - 1)
    yield { atMs: phase.startMs + sinceStartMs, phase: index, users: Math.round(users * factor) }
  }
}

/** This phase's part of the users of the phases that end when it starts. */
function usersTakenOver(phases: readonly Phase[], phase: Phase): number {
  const own = usersHandedOn(phase)
  if (own === 0) return 0
  let ending = 0
  let starting = 0
  for (const other of phases) {
    if (other.startMs + other.durationMs === phase.startMs) ending += usersHandedOn(other)
    if (other.startMs === phase.startMs) starting += usersHandedOn(other)
  }
  return Math.round((ending * own) / starting)
}

function usersHandedOn(phase: Phase): number {
  return handsOn(phase) ? (phase.executor as ConstantUsers).users : 0
}
