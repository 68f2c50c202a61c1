/** The list of all executors: help, docs and the contract suite read it. */
import { Registry } from '../../core/index.ts'
import type { Executor, IterationExecutor, LevelExecutor, OpenExecutor } from '../../scenario/index.ts'
import { burstyArrivals } from './bursty-arrivals.ts'
import { constantArrivalRate } from './constant-arrival-rate.ts'
import { constantUsers } from './constant-users.ts'
import { diurnalArrivals } from './diurnal-arrivals.ts'
import type { ExecutorKind, IterationKind, LevelKind, OpenKind } from './executor-kind.ts'
import { flashCrowd } from './flash-crowd.ts'
import { perUserIterations } from './per-user-iterations.ts'
import { poissonArrivals } from './poisson-arrivals.ts'
import { rampingArrivalRate } from './ramping-arrival-rate.ts'
import { rampingUsers } from './ramping-users.ts'
import { sharedIterations } from './shared-iterations.ts'
import { traceReplay } from './trace-replay.ts'

export const executors = new Registry<ExecutorKind>('executor', [
  constantUsers,
  rampingUsers,
  perUserIterations,
  sharedIterations,
  constantArrivalRate,
  rampingArrivalRate,
  poissonArrivals,
  burstyArrivals,
  diurnalArrivals,
  flashCrowd,
  traceReplay,
])

/** The kind of an executor. */
export function executorKindOf(executor: OpenExecutor): OpenKind
export function executorKindOf(executor: LevelExecutor): LevelKind
export function executorKindOf(executor: IterationExecutor): IterationKind
export function executorKindOf(executor: Executor): ExecutorKind
export function executorKindOf(executor: Executor): ExecutorKind {
  return executors.get(executor.kind)
}

/** The same executor with `factor` times the load, and with room for it. */
export function scaledExecutor(executor: Executor, factor: number): Executor {
  // Each kind is asked for an executor of its own only.
  const scaled = executors.get(executor.kind).scaled(executor as never, factor) as Executor
  if (!('maxUsers' in scaled) || scaled.maxUsers === undefined) return scaled
  return { ...scaled, maxUsers: Math.ceil(scaled.maxUsers * Math.max(1, factor)) }
}
