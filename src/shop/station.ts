/**
 * What a replica works by: a queueing discipline as a state machine without a clock.
 *
 * A caller tells of times in order and fetches what is done before it tells of a later one; `Replica` sees to that.
 * Only `advance` may come late: jobs are completed at the time at which they were done.
 */
import type { Discipline } from '../scenario/index.ts'
import { FcfsStation } from './fcfs-station.ts'
import { PsStation } from './ps-station.ts'

export interface StationOptions {
  /** Workers, or cores. */
  readonly workers: number
  /** 1 is nominal; a job of w ms takes one worker w / speed. */
  readonly speed: number
}

export interface Station {
  /** Jobs that are worked on or wait. */
  readonly inSystem: number
  /** Jobs beyond one per worker. */
  readonly waiting: number
  /** Present speed: 0 stands still. */
  readonly speed: number
  /** Of the job that `advance` returned last. */
  readonly completedQueueMs: number
  readonly completedWorkMs: number
  /** Takes a job of `workMs` (at speed 1) in. Returns whether it is worked on from now. */
  arrive(job: number, workMs: number, nowMs: number): boolean
  /** When the next job will be done; Infinity if none is being worked on. */
  nextEventAtMs(): number
  /** Completes the earliest job that is done by `nowMs` and returns it, or -1. */
  advance(nowMs: number): number
  /** Works at `factor` times its own speed from now on; 0 stops it. */
  setSpeedFactor(factor: number, nowMs: number): void
  /** Gives up all jobs: those worked on first, then those that wait, each in the order of arrival. */
  drop(nowMs: number): number[]
  /** Time that workers have been busy until now, summed over the workers. */
  busyMs(nowMs: number): number
  /** Work of all jobs that is not done yet, in ms at speed 1. */
  workLeftMs(nowMs: number): number
  /**
   * By how much longer all jobs together would be there, if one of `workMs` came now and no other after it: its own time,
   * and what it costs the others. Infinity if the replica stands still.
   */
  addedMs(workMs: number, nowMs: number): number
}

const STATIONS: Readonly<Record<Discipline, new (options: StationOptions) => Station>> = {
  fcfs: FcfsStation,
  ps: PsStation,
}

export function createStation(discipline: Discipline, options: StationOptions): Station {
  return new STATIONS[discipline](options)
}
