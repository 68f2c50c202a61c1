/**
 * One replica of a service as a queueing station: c workers, first come first served, a bounded waiting room and
 * a speed that may change at any time. A state machine without a clock: whoever drives it says what time it is.
 */

/** What a replica tells the balancer about itself. */
export interface ReplicaReport {
  readonly healthy: boolean
  readonly cpu: number
  readonly memory: number
  readonly queueDepth: number
}

/** Share of memory that an idle replica uses; the rest is what its jobs would fill. */
const MEMORY_AT_REST = 0.3

/** What has become of an arriving job. */
export type Admission = 'working' | 'waiting' | 'refused'

const IDLE = -1

export interface ReplicaOptions {
  readonly id: string
  readonly workers: number
  /** Jobs that may wait; the next one is refused. */
  readonly queueLimit: number
  /** 1 is nominal; a job of w ms takes w / speed. */
  readonly speed: number
}

export class Replica {
  readonly id: string
  readonly workers: number
  readonly queueLimit: number
  #speed: number
  #speedFactor = 1

  // Per worker: the job it has (or IDLE), when it began, and when it will be done.
  readonly #jobs: Int32Array
  readonly #begunAtMs: Float64Array
  readonly #doneAtMs: Float64Array
  readonly #waitedMs: Float64Array
  #busy = 0

  // The waiting room, a ring.
  readonly #waitingJobs: Int32Array
  readonly #waitingWorkMs: Float64Array
  readonly #waitingSinceMs: Float64Array
  #head = 0
  #waiting = 0

  #busyMs = 0
  #busySinceMs = 0
  #reportedBusyMs = 0
  #reportedAtMs = 0

  /** Of the job that `advance` returned last: how long it waited and was worked on. */
  completedQueueMs = 0
  completedWorkMs = 0

  constructor(options: ReplicaOptions) {
    const { id, workers, queueLimit, speed } = options
    this.id = id
    this.workers = workers
    this.queueLimit = queueLimit
    this.#speed = speed
    this.#jobs = new Int32Array(workers).fill(IDLE)
    this.#begunAtMs = new Float64Array(workers)
    this.#doneAtMs = new Float64Array(workers).fill(Number.POSITIVE_INFINITY)
    this.#waitedMs = new Float64Array(workers)
    const room = Math.max(1, queueLimit)
    this.#waitingJobs = new Int32Array(room)
    this.#waitingWorkMs = new Float64Array(room)
    this.#waitingSinceMs = new Float64Array(room)
  }

  get waiting(): number {
    return this.#waiting
  }

  get inSystem(): number {
    return this.#busy + this.#waiting
  }

  /** A job of `workMs` (at speed 1) comes in. */
  arrive(job: number, workMs: number, nowMs: number): Admission {
    if (this.#busy < this.workers) {
      this.#begin(this.#jobs.indexOf(IDLE), job, workMs, nowMs, nowMs)
      return 'working'
    }
    if (this.#waiting === this.queueLimit) return 'refused'
    const tail = (this.#head + this.#waiting) % this.queueLimit
    this.#waitingJobs[tail] = job
    this.#waitingWorkMs[tail] = workMs
    this.#waitingSinceMs[tail] = nowMs
    this.#waiting++
    return 'waiting'
  }

  /** When the next job will be done; Infinity if none is being worked on. */
  nextEventAtMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (let w = 0; w < this.workers; w++) if (this.#doneAtMs[w]! < next) next = this.#doneAtMs[w]!
    return next
  }

  /**
   * Completes the earliest job that is done by `nowMs` and returns it, or -1. Call until it returns -1. The next
   * job begins when the one before was done, however late the caller looks: a tardy timer delays answers but does
   * not slow the replica down.
   */
  advance(nowMs: number): number {
    let worker = 0
    for (let w = 1; w < this.workers; w++) if (this.#doneAtMs[w]! < this.#doneAtMs[worker]!) worker = w
    const doneAtMs = this.#doneAtMs[worker]!
    if (doneAtMs > nowMs) return -1
    const job = this.#jobs[worker]!
    this.completedQueueMs = this.#waitedMs[worker]!
    this.completedWorkMs = doneAtMs - this.#begunAtMs[worker]!
    this.#end(worker, doneAtMs)
    return job
  }

  /** Changes the speed to `factor` times its own; jobs under way finish sooner or later accordingly. */
  setSpeedFactor(factor: number, nowMs: number): void {
    const stretch = this.#speedFactor / factor
    this.#speedFactor = factor
    for (let w = 0; w < this.workers; w++) {
      const leftMs = this.#doneAtMs[w]! - nowMs
      // A job that is done and only not fetched yet stays as it is.
      if (leftMs > 0) this.#doneAtMs[w] = nowMs + leftMs * stretch
    }
  }

  /**
   * What the replica says of itself when the balancer asks. CPU is the busy share of its workers since it last did;
   * jobs that are done but not fetched count as busy, so fetch them first.
   */
  report(nowMs: number): ReplicaReport {
    this.#countBusy(nowMs)
    const elapsedMs = (nowMs - this.#reportedAtMs) * this.workers
    const cpu = elapsedMs > 0 ? (this.#busyMs - this.#reportedBusyMs) / elapsedMs : 0
    this.#reportedBusyMs = this.#busyMs
    this.#reportedAtMs = nowMs
    const memory = MEMORY_AT_REST + (1 - MEMORY_AT_REST) * (this.inSystem / (this.workers + this.queueLimit))
    return { healthy: true, cpu, memory, queueDepth: this.#waiting }
  }

  #begin(worker: number, job: number, workMs: number, sinceMs: number, nowMs: number): void {
    this.#countBusy(nowMs)
    this.#busy++
    this.#jobs[worker] = job
    this.#begunAtMs[worker] = nowMs
    this.#waitedMs[worker] = nowMs - sinceMs
    this.#doneAtMs[worker] = nowMs + workMs / (this.#speed * this.#speedFactor)
  }

  #end(worker: number, nowMs: number): void {
    this.#countBusy(nowMs)
    this.#busy--
    this.#jobs[worker] = IDLE
    this.#doneAtMs[worker] = Number.POSITIVE_INFINITY
    if (this.#waiting === 0) return
    const head = this.#head
    this.#head = (head + 1) % this.queueLimit
    this.#waiting--
    const sinceMs = this.#waitingSinceMs[head]!
    // It may have come after `nowMs`, while nobody fetched the job before.
    const beginMs = Math.max(nowMs, sinceMs)
    this.#begin(worker, this.#waitingJobs[head]!, this.#waitingWorkMs[head]!, sinceMs, beginMs)
  }

  #countBusy(nowMs: number): void {
    this.#busyMs += this.#busy * (nowMs - this.#busySinceMs)
    this.#busySinceMs = nowMs
  }
}
