/**
 * One replica of a service: a station with a bounded waiting room, and what it tells the balancer about itself. A
 * state machine without a clock: whoever drives it says what time it is.
 *
 * Jobs that were done before the time that it is told of, and that nobody has fetched yet, are put aside as they
 * were done. So a caller who looks late delays answers, but changes neither queue nor work.
 */
import type { Discipline } from '../scenario/index.ts'
import type { Degradation } from './degradation.ts'
import { ProbeHistory } from './probe-history.ts'
import { createStation, type Station } from './station.ts'

/** What a replica tells the balancer about itself. */
export interface ReplicaReport {
  readonly healthy: boolean
  readonly cpu: number
  readonly memory: number
  readonly queueDepth: number
}

/** What a replica answers to a probe. One object is reused for all of them. */
export interface ReplicaProbe {
  readonly inFlight: number
  /** See `probe-history.ts`; NaN if nothing is known. */
  readonly latencyMs: number
}

/** Share of memory that an idle replica uses; the rest is what its jobs would fill. */
const MEMORY_AT_REST = 0.3

/** What has become of an arriving job. */
export type Admission = 'working' | 'waiting' | 'refused'

export interface ReplicaOptions {
  readonly id: string
  readonly workers: number
  /** Jobs beyond one per worker; the next one is refused. */
  readonly queueLimit: number
  /** 1 is nominal; a job of w ms takes w / speed. */
  readonly speed: number
  /** `fcfs` if nothing is said. */
  readonly discipline?: Discipline
}

/** A job that was done before anybody fetched it. */
interface Unfetched {
  readonly job: number
  readonly queueMs: number
  readonly workMs: number
  readonly doneAtMs: number
}

export class Replica {
  readonly id: string
  readonly workers: number
  readonly #station: Station
  #queueLimit: number
  #unfetched: Unfetched[] = []
  #reportedBusyMs = 0
  #reportedAtMs = 0
  /** Kept from the first probe on. */
  #history: ProbeHistory | undefined
  readonly #probe = { inFlight: 0, latencyMs: Number.NaN }

  /** What it says of its own health. */
  healthy = true
  /** Share of memory, 0 to 1, that is used and never given back. */
  leakedMemory = 0
  /** What clients have asked it to do to itself; a crash ends that. */
  degradation: Degradation | undefined

  /**
   * Of the job that `advance` returned last: how long it waited and was worked on. Under processor sharing nobody
   * waits, and the work lasts from arrival to end.
   */
  completedQueueMs = 0
  completedWorkMs = 0

  constructor({ id, workers, queueLimit, speed, discipline = 'fcfs' }: ReplicaOptions) {
    this.id = id
    this.workers = workers
    this.#queueLimit = queueLimit
    this.#station = createStation(discipline, { workers, speed })
  }

  get queueLimit(): number {
    return this.#queueLimit
  }

  /** As it is now: 0 stands still. */
  get speed(): number {
    return this.#station.speed
  }

  get waiting(): number {
    return this.#station.waiting
  }

  /** Jobs that have come and were neither fetched nor dropped. */
  get inSystem(): number {
    return this.#station.inSystem + this.#unfetched.length
  }

  /** A job of `workMs` (at speed 1) comes in. */
  arrive(job: number, workMs: number, nowMs: number): Admission {
    this.#putAside(nowMs)
    if (this.#station.inSystem >= this.workers + this.#queueLimit) return 'refused'
    this.#history?.onArrive(job, this.inSystem)
    return this.#station.arrive(job, workMs, nowMs) ? 'working' : 'waiting'
  }

  /** When the next job will be done; Infinity if none is being worked on, or at speed 0. */
  nextEventAtMs(): number {
    return this.#unfetched.length > 0 ? this.#unfetched[0]!.doneAtMs : this.#station.nextEventAtMs()
  }

  /**
   * Completes the earliest job that is done by `nowMs` and returns it, or -1. Call until it returns -1. The next
   * job begins when the one before was done, however late the caller looks: a tardy timer delays answers but does
   * not slow the replica down.
   */
  advance(nowMs: number): number {
    const job = this.#unfetched.length > 0 ? this.#fetch() : this.#complete(nowMs)
    if (job !== -1) this.#history?.onDone(job, this.completedQueueMs + this.completedWorkMs, nowMs)
    return job
  }

  /**
   * Changes the speed to `factor` times its own; jobs under way finish sooner or later accordingly. At 0 it stands
   * still, and goes on later with what was left.
   */
  setSpeedFactor(factor: number, nowMs: number): void {
    this.#putAside(nowMs)
    this.#station.setSpeedFactor(factor, nowMs)
  }

  /** Whoever waits beyond a smaller limit stays; nobody comes in until there is room. */
  setQueueLimit(limit: number): void {
    this.#queueLimit = limit
  }

  /**
   * A crash: returns all jobs that it had, those worked on first, then those waiting, and is empty. Jobs that were
   * done and not fetched are among them, at the front: their answers had not left.
   */
  drop(nowMs: number): number[] {
    this.#putAside(nowMs)
    const done = this.#unfetched.map(({ job }) => job)
    this.#unfetched = []
    this.degradation = undefined
    this.#history?.clear()
    return [...done, ...this.#station.drop(nowMs)]
  }

  /**
   * What the replica says of itself when the balancer asks. CPU is the busy share of its workers since it last did;
   * one that has a job is busy, also at speed 0.
   */
  report(nowMs: number): ReplicaReport {
    this.#putAside(nowMs)
    const busyMs = this.#station.busyMs(nowMs)
    const elapsedMs = (nowMs - this.#reportedAtMs) * this.workers
    const cpu = elapsedMs > 0 ? (busyMs - this.#reportedBusyMs) / elapsedMs : 0
    this.#reportedBusyMs = busyMs
    this.#reportedAtMs = nowMs
    const filled = this.#station.inSystem / (this.workers + this.#queueLimit)
    const memory = Math.min(1, MEMORY_AT_REST + (1 - MEMORY_AT_REST) * filled + this.leakedMemory)
    return { healthy: this.healthy, cpu, memory, queueDepth: this.#station.waiting }
  }

  /** Answers a probe, and remembers from the first one on what the next will ask for. */
  probe(nowMs: number): ReplicaProbe {
    this.#putAside(nowMs)
    this.#history ??= new ProbeHistory()
    this.#probe.inFlight = this.inSystem
    this.#probe.latencyMs = this.#history.medianMs(this.inSystem, nowMs)
    return this.#probe
  }

  /** Work of its jobs that is not done yet, in ms at speed 1. */
  workLeftMs(nowMs: number): number {
    this.#putAside(nowMs)
    return this.#station.workLeftMs(nowMs)
  }

  /**
   * By how much longer all jobs together would be there, if one of `workMs` came now and no other after it: its own time,
   * and what it costs the others. Infinity if the replica stands still.
   */
  addedMs(workMs: number, nowMs: number): number {
    this.#putAside(nowMs)
    return this.#station.addedMs(workMs, nowMs)
  }

  /** Jobs that are done just now are left to the caller, who may be about to fetch them. */
  #putAside(nowMs: number): void {
    const station = this.#station
    for (let doneAtMs = station.nextEventAtMs(); doneAtMs < nowMs; doneAtMs = station.nextEventAtMs()) {
      const job = station.advance(doneAtMs)
      this.#unfetched.push({
        job,
        queueMs: station.completedQueueMs,
        workMs: station.completedWorkMs,
        doneAtMs,
      })
    }
  }

  #complete(nowMs: number): number {
    const job = this.#station.advance(nowMs)
    this.completedQueueMs = this.#station.completedQueueMs
    this.completedWorkMs = this.#station.completedWorkMs
    return job
  }

  #fetch(): number {
    const { job, queueMs, workMs } = this.#unfetched.shift()!
    this.completedQueueMs = queueMs
    this.completedWorkMs = workMs
    return job
  }
}
