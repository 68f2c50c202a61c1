/** What the executors of a scenario come to, before it runs. */
import { hasIterations, isOpen, type OpenExecutor, type Phase, type Scenario } from '../scenario/index.ts'
import { executorKindOf } from './executors/index.ts'
import { levelSteps } from './user-levels.ts'

/** So many times of an open phase are looked at for the most users. */
const LOOKS = 200

/** Sessions of a phase, by its number, if one lasts so long on average. */
export function plannedSessions(scenario: Scenario, phase: number, secondsEach: number): number {
  const { executor, durationMs } = scenario.phases[phase]!
  const bySoMany = (users: number): number => (users * durationMs) / 1000 / secondsEach
  if (isOpen(executor)) {
    const { maxUsers = Number.POSITIVE_INFINITY } = executor
    return Math.min(executorKindOf(executor).expectedStarts(executor, durationMs), bySoMany(maxUsers))
  }
  if (!hasIterations(executor)) return plannedUserSeconds(scenario, phase) / secondsEach
  return Math.min(executorKindOf(executor).sessions(executor), bySoMany(executor.users))
}

/** When a phase is likely to be over: one of iterations when they are done, if a session lasts so long. */
function plannedEndMs({ executor, startMs, durationMs }: Phase, secondsEach: number): number {
  if (!hasIterations(executor)) return startMs + durationMs
  const { users } = executor
  const rounds = Math.ceil(executorKindOf(executor).sessions(executor) / users)
  return startMs + Math.min(durationMs, rounds * secondsEach * 1000)
}

/** A phase whose sessions last so long. */
export interface GatheringPhase {
  readonly phase: Phase
  readonly sessionMs: number
  /** When it is likely to be over. */
  readonly endMs: number
  /** Of an open loop: the users that its highest rate can bring; else 0. */
  readonly usersAtPeak: number
}

export function gatheringPhase(phase: Phase, secondsEach: number): GatheringPhase {
  return {
    phase,
    sessionMs: secondsEach * 1000,
    endMs: plannedEndMs(phase, secondsEach),
    usersAtPeak: isOpen(phase.executor) ? usersAtPeak(phase.executor, phase.durationMs, secondsEach) : 0,
  }
}

/** No more than there are starts, however high their rate is for a moment. */
function usersAtPeak(executor: OpenExecutor, durationMs: number, secondsEach: number): number {
  const kind = executorKindOf(executor)
  const byRate = kind.peakRate(executor, durationMs) * secondsEach
  return Math.min(byRate, kind.expectedStarts(executor, durationMs), limitOf(executor))
}

function limitOf({ maxUsers = Number.POSITIVE_INFINITY }: OpenExecutor): number {
  return maxUsers
}

/** Users of a phase at a time of the run; 0 for one that follows levels: those say it. */
export function usersBeyondLevels(gathering: GatheringPhase, atMs: number): number {
  const { phase, endMs } = gathering
  const { executor, startMs } = phase
  if (isOpen(executor)) return usersGathered(gathering, executor, atMs - startMs)
  return hasIterations(executor) && atMs >= startMs && atMs < endMs ? executor.users : 0
}

/** Times at which it is worth looking for the most users. */
export function timesToLookAt({ phase, sessionMs, endMs }: GatheringPhase): number[] {
  const { startMs, executor } = phase
  if (!isOpen(executor)) return [startMs, endMs]
  return Array.from({ length: LOOKS + 1 }, (_, i) => startMs + ((endMs - startMs) * i) / LOOKS).concat(
    endMs + sessionMs,
  )
}

/** Users are there for as long as a session: those who came within that time (Little's law). */
function usersGathered(
  { phase: { durationMs }, sessionMs, usersAtPeak }: GatheringPhase,
  executor: OpenExecutor,
  sinceStartMs: number,
): number {
  if (sinceStartMs < 0 || sinceStartMs >= durationMs + sessionMs) return 0
  // A peak may pass between two looks: then it stands for all of the phase.
  if (sessionMs < durationMs / LOOKS) return usersAtPeak
  const startsUntil = (ms: number): number =>
    executorKindOf(executor).expectedStarts(executor, Math.min(durationMs, Math.max(0, ms)))
  const gathered = startsUntil(sinceStartMs) - startsUntil(sinceStartMs - sessionMs)
  if (executor.kind !== 'bursty-arrivals') return Math.min(gathered, limitOf(executor))
  // On average there is no burst: one comes into quiet times, and its rate is there for as long as it lasts.
  const { burstSessionsPerSecond, quietSessionsPerSecond, meanBurstMs } = executor
  const burstMs = Math.min(meanBurstMs, sessionMs)
  const inBurst = (quietSessionsPerSecond * (sessionMs - burstMs) + burstSessionsPerSecond * burstMs) / 1000
  return Math.min(usersAtPeak, Math.max(gathered, inBurst))
}

/** User-seconds that a phase with levels asks for in all, with the seed of the scenario. Others ask for none. */
export function plannedUserSeconds(scenario: Scenario, phase: number): number {
  let total = 0
  let users = 0
  let sinceMs = 0
  for (const step of levelSteps(scenario.phases, scenario.seed)) {
    if (step.phase !== phase) continue
    total += (users * (step.atMs - sinceMs)) / 1000
    users = step.users
    sinceMs = step.atMs
  }
  return total
}

/** Users who come because a phase that varies rises again. Theirs are sessions more: those of who left were cut short. */
export function comingAgain(scenario: Scenario, phase: number): number {
  const { startMs, executor, variability } = scenario.phases[phase]!
  if (variability.users === 0 || executor.kind !== 'constant-users') return 0
  let total = 0
  let users: number | undefined
  for (const step of levelSteps(scenario.phases, scenario.seed)) {
    if (step.phase !== phase || step.atMs < startMs + executor.rampUpMs) continue
    total += Math.max(0, step.users - (users ?? step.users))
    users = step.users
  }
  return total
}
