/** From the executor of a file, in the units of files, to that of a resolved phase. */
import type { Executor } from './executor.ts'
import { type ExecutorFile, executorSchemas } from './executor-schema.ts'
import type { PhaseFile } from './scenario-schema.ts'
import type { TraceReference } from './trace/trace.ts'
import { minutesToMs, secondsToMs } from './units.ts'

/** k6's maxDuration of executors that end when their iterations are done. */
const MOST_MINUTES_OF_ITERATIONS = 10
/** k6's gracefulStop. */
const GRACEFUL_STOP_SECONDS = 30

/** The three ways to say how a phase is driven; one of them is there. */
type Drive = Pick<PhaseFile, 'users' | 'sessionsPerSecond' | 'rampUpSeconds' | 'executor'>

/**
 * Undefined unless exactly one of the three ways is there, and is sound.
 *
 * @param trace of an executor that replays one
 */
export function resolveExecutor(file: Drive, trace?: TraceReference): Executor | undefined {
  const { users, sessionsPerSecond, rampUpSeconds, executor } = file
  if ([users, sessionsPerSecond, executor].filter((way) => way !== undefined).length !== 1) return undefined
  const rampUpMs = secondsToMs(rampUpSeconds)
  if (users !== undefined) return { kind: 'constant-users', users, rampUpMs }
  if (sessionsPerSecond !== undefined) return { kind: 'poisson-arrivals', sessionsPerSecond, rampUpMs }
  const parsed = executorSchemas[executor!.kind].safeParse(executor, { jitless: true })
  if (!parsed.success) return undefined
  if (parsed.data.kind !== 'trace-replay') return inMs(parsed.data)
  const { file: _, format: __, ...replay } = parsed.data
  return trace === undefined ? undefined : { ...replay, trace }
}

/** How long a phase lasts that does not say so itself; undefined if it must. */
export function impliedDurationMs(executor: Executor): number | undefined {
  if ('stages' in executor) return stagesMs(executor)
  if (executor.kind === 'per-user-iterations' || executor.kind === 'shared-iterations') {
    return minutesToMs(MOST_MINUTES_OF_ITERATIONS)
  }
  // The last start is within the phase.
  if (executor.kind === 'trace-replay') return Math.floor(executor.trace.durationMs / executor.speed) + 1
  return undefined
}

/** All stages together. */
export function stagesMs({
  stages,
}: {
  readonly stages: readonly { readonly durationMs: number }[]
}): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0)
}

/** Null: its users go on with the next phase, or until the run is over. */
export function resolveGracefulStop(
  file: Pick<PhaseFile, 'executor' | 'gracefulStopSeconds'>,
): number | null {
  const { executor, gracefulStopSeconds } = file
  if (gracefulStopSeconds !== undefined) return secondsToMs(gracefulStopSeconds)
  return executor === undefined ? null : secondsToMs(GRACEFUL_STOP_SECONDS)
}

function inMs(file: Exclude<ExecutorFile, { readonly kind: 'trace-replay' }>): Executor {
  switch (file.kind) {
    case 'constant-users':
      return { kind: file.kind, users: file.users, rampUpMs: secondsToMs(file.rampUpSeconds) }
    case 'ramping-users': {
      const stages = file.stages.map(({ durationSeconds, users }) => ({
        durationMs: secondsToMs(durationSeconds),
        users,
      }))
      return { kind: file.kind, startUsers: file.startUsers, stages }
    }
    case 'ramping-arrival-rate': {
      const stages = file.stages.map(({ durationSeconds, sessionsPerSecond }) => ({
        durationMs: secondsToMs(durationSeconds),
        sessionsPerSecond,
      }))
      return { ...file, stages }
    }
    case 'poisson-arrivals': {
      const { rampUpSeconds, ...rest } = file
      return { ...rest, rampUpMs: secondsToMs(rampUpSeconds) }
    }
    case 'bursty-arrivals': {
      const { meanQuietSeconds, meanBurstSeconds, ...rest } = file
      return {
        ...rest,
        meanQuietMs: secondsToMs(meanQuietSeconds),
        meanBurstMs: secondsToMs(meanBurstSeconds),
      }
    }
    case 'diurnal-arrivals': {
      const { periodMinutes, peakMinute = periodMinutes / 2, noiseSeconds, ...rest } = file
      return {
        ...rest,
        periodMs: minutesToMs(periodMinutes),
        peakMs: minutesToMs(peakMinute),
        noiseMs: secondsToMs(noiseSeconds),
      }
    }
    case 'flash-crowd': {
      const { startSeconds, riseSeconds, decaySeconds, ...rest } = file
      return {
        ...rest,
        startMs: secondsToMs(startSeconds),
        riseMs: secondsToMs(riseSeconds),
        decayMs: secondsToMs(decaySeconds),
      }
    }
    case 'per-user-iterations':
    case 'shared-iterations':
    case 'constant-arrival-rate':
      return file
  }
}
