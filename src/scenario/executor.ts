/**
 * How the sessions of a phase start. What k6 calls an executor: closed ones hold users, who begin their next session
 * when one ends; open ones start sessions at times that nothing which the target does can shift.
 *
 * The fields are those of the file (`executor-schema.ts`), in milliseconds and per-second rates.
 */
import type { TraceReference } from './trace/trace.ts'

/** So many users, who all come within the ramp-up time. */
export interface ConstantUsers {
  readonly kind: 'constant-users'
  readonly users: number
  /** The users grow linearly from those that the phase takes over, or from 0. */
  readonly rampUpMs: number
}

/** At its end there are so many users; on the way there, they grow or fall linearly. */
export interface UserStage {
  readonly durationMs: number
  readonly users: number
}

export interface RampingUsers {
  readonly kind: 'ramping-users'
  readonly startUsers: number
  readonly stages: readonly UserStage[]
}

/** So many sessions for each user, and not one more. */
export interface PerUserIterations {
  readonly kind: 'per-user-iterations'
  readonly users: number
  readonly iterations: number
}

/** So many sessions in all, shared by users who each take the next as soon as they are free. */
export interface SharedIterations {
  readonly kind: 'shared-iterations'
  readonly users: number
  readonly iterations: number
}

interface Limited {
  /** With so many sessions of the phase under way, a start finds no free user and is dropped; if not there, no limit. */
  readonly maxUsers?: number
}

export interface ConstantArrivalRate extends Limited {
  readonly kind: 'constant-arrival-rate'
  readonly sessionsPerSecond: number
}

/** At its end the rate is this; on the way there, it changes linearly. */
export interface RateStage {
  readonly durationMs: number
  readonly sessionsPerSecond: number
}

export interface RampingArrivalRate extends Limited {
  readonly kind: 'ramping-arrival-rate'
  readonly startSessionsPerSecond: number
  readonly stages: readonly RateStage[]
}

export interface PoissonArrivals extends Limited {
  readonly kind: 'poisson-arrivals'
  readonly sessionsPerSecond: number
  /** The rate grows linearly from 0 in this time. */
  readonly rampUpMs: number
}

/** Poisson arrivals whose rate jumps between two levels; how long each lasts is exponential. */
export interface BurstyArrivals extends Limited {
  readonly kind: 'bursty-arrivals'
  readonly quietSessionsPerSecond: number
  readonly burstSessionsPerSecond: number
  readonly meanQuietMs: number
  readonly meanBurstMs: number
}

/** Poisson arrivals with the rate of a day: mean * (1 + amplitude * cos(2 pi (t - peak) / period)) * noise. */
export interface DiurnalArrivals extends Limited {
  readonly kind: 'diurnal-arrivals'
  readonly meanSessionsPerSecond: number
  /** Share of the mean by which the rate swings, 0 to 1. */
  readonly amplitude: number
  readonly periodMs: number
  /** When the rate is highest, from the start of the phase. */
  readonly peakMs: number
  /** The rate wanders within so much of itself, 0 to 1. */
  readonly noise: number
  /** Time between the points that the noise is drawn at; between them it is a straight line. */
  readonly noiseMs: number
}

/** Poisson arrivals at a base rate, until a crowd comes, and goes away exponentially. */
export interface FlashCrowd extends Limited {
  readonly kind: 'flash-crowd'
  readonly baseSessionsPerSecond: number
  /** The rate at the peak is so many times the base. */
  readonly spikeFactor: number
  /** From the start of the phase. */
  readonly startMs: number
  /** Time from the base to the peak, in a straight line. */
  readonly riseMs: number
  /** In this time what is above the base falls to 1/e of itself. */
  readonly decayMs: number
}

/** Starts at the times of a trace. */
export interface TraceReplay extends Limited {
  readonly kind: 'trace-replay'
  readonly trace: TraceReference
  /** So many times as fast as it was: 2 halves every gap. */
  readonly speed: number
  /** As many starts as the trace has, times this: below 1 some are left out, above 1 some come again. */
  readonly factor: number
}

export type LevelExecutor = ConstantUsers | RampingUsers
export type IterationExecutor = PerUserIterations | SharedIterations
export type ClosedExecutor = LevelExecutor | IterationExecutor
export type OpenExecutor =
  | ConstantArrivalRate
  | RampingArrivalRate
  | PoissonArrivals
  | BurstyArrivals
  | DiurnalArrivals
  | FlashCrowd
  | TraceReplay
export type Executor = ClosedExecutor | OpenExecutor
export type ExecutorKindName = Executor['kind']

const CLOSED_KINDS: readonly ExecutorKindName[] = [
  'constant-users',
  'ramping-users',
  'per-user-iterations',
  'shared-iterations',
] satisfies ClosedExecutor['kind'][]

export function isOpen(executor: Executor): executor is OpenExecutor {
  return !CLOSED_KINDS.includes(executor.kind)
}

export function hasIterations(executor: Executor): executor is IterationExecutor {
  return executor.kind === 'per-user-iterations' || executor.kind === 'shared-iterations'
}

/** Users that a closed executor holds when it holds most; 0 for an open one. */
export function heldUsers(executor: Executor): number {
  if (isOpen(executor)) return 0
  if (executor.kind !== 'ramping-users') return executor.users
  return Math.max(executor.startUsers, ...executor.stages.map(({ users }) => users))
}

/** The same for a phase that is over so soon: no ramp goes on for longer than that. */
export function shortenedExecutor(executor: Executor, durationMs: number): Executor {
  if (!('rampUpMs' in executor)) return executor
  return { ...executor, rampUpMs: Math.min(executor.rampUpMs, durationMs) }
}
