/**
 * Processor sharing: c cores are shared evenly, so that each of n jobs has min(1, c / n) of a core at all times. This
 * is what an operating system does for threads, and the limit of round robin for small time slices (Kleinrock,
 * Queueing Systems, vol. 2, 1976, section 4.4).
 *
 * All jobs advance at one rate. So one number, the service that a job would have attained that is there since the
 * beginning, orders them: a job is done when that number has grown by its work. A change of the rate moves no job.
 */
import { JobHeap } from './job-heap.ts'
import type { Station, StationOptions } from './station.ts'

/** What is left of a job below this is rounding. */
const ROUNDING_MS = 1e-9

export class PsStation implements Station {
  readonly #cores: number
  readonly #speed: number
  #factor = 1
  readonly #heap = new JobHeap()
  /** Attained service at `#sinceMs`, the time of the last change. */
  #attainedMs = 0
  #sinceMs = 0
  #nextDoneAtMs = Number.POSITIVE_INFINITY
  #busyMs = 0
  /** Scratch: what is left of each job. */
  #left = new Float64Array(0)

  /** Always 0: nobody waits, a full replica only works more slowly. */
  readonly completedQueueMs = 0
  /** The whole time in the system. */
  completedWorkMs = 0

  constructor({ workers, speed }: StationOptions) {
    this.#cores = workers
    this.#speed = speed
  }

  get inSystem(): number {
    return this.#heap.size
  }

  get waiting(): number {
    return Math.max(0, this.#heap.size - this.#cores)
  }

  get speed(): number {
    return this.#speed * this.#factor
  }

  arrive(job: number, workMs: number, nowMs: number): boolean {
    this.#passTo(nowMs)
    // Starting anew whenever it is empty keeps the numbers small, and so the times exact.
    if (this.#heap.size === 0) this.#attainedMs = 0
    this.#heap.enter(job, this.#attainedMs + workMs, nowMs)
    this.#findNext()
    return true
  }

  nextEventAtMs(): number {
    return this.#nextDoneAtMs
  }

  advance(nowMs: number): number {
    const doneAtMs = this.#nextDoneAtMs
    if (doneAtMs > nowMs) return -1
    const heap = this.#heap
    const { firstJob, firstArrivedAtMs, firstDoneAfterMs } = heap
    this.#passTo(doneAtMs)
    this.#attainedMs = firstDoneAfterMs
    heap.leave()
    this.#findNext()
    this.completedWorkMs = doneAtMs - firstArrivedAtMs
    return firstJob
  }

  setSpeedFactor(factor: number, nowMs: number): void {
    this.#passTo(nowMs)
    this.#factor = factor
    this.#findNext()
  }

  drop(nowMs: number): number[] {
    this.#passTo(nowMs)
    const jobs = this.#heap.clear()
    this.#findNext()
    return jobs
  }

  busyMs(nowMs: number): number {
    return this.#busyMs + this.#busy() * (nowMs - this.#sinceMs)
  }

  workLeftMs(nowMs: number): number {
    return this.#writeLeft(nowMs)
      .subarray(0, this.#heap.size)
      .reduce((sum, leftMs) => sum + leftMs, 0)
  }

  addedMs(workMs: number, nowMs: number): number {
    if (this.#factor === 0) return Number.POSITIVE_INFINITY
    const { size } = this.#heap
    const left = this.#writeLeft(nowMs)
    const withoutMs = this.#totalTimeMs(left.subarray(0, size))
    left[size] = workMs
    return this.#totalTimeMs(left.subarray(0, size + 1)) - withoutMs
  }

  /** What is left of each job, in no order; with room for one more. */
  #writeLeft(nowMs: number): Float64Array {
    const { size } = this.#heap
    if (this.#left.length <= size) this.#left = new Float64Array(2 * size + 2)
    const passedMs = size === 0 ? 0 : (nowMs - this.#sinceMs) * this.#rate()
    this.#heap.writeLeft(this.#attainedMs + passedMs, this.#left)
    return this.#left
  }

  /** Sum of the times after which jobs are done of which so much is left, if the cores are theirs alone. */
  #totalTimeMs(left: Float64Array): number {
    let jobs = left.length
    let attainedMs = 0
    let inMs = 0
    let total = 0
    for (const leftMs of left.sort()) {
      inMs += (leftMs - attainedMs) / this.#rateAmong(jobs--)
      attainedMs = leftMs
      total += inMs
    }
    return total
  }

  #busy(): number {
    return Math.min(this.#cores, this.#heap.size)
  }

  /** Service per ms that each job attains; some job must be there. */
  #rate(): number {
    return this.#rateAmong(this.#heap.size)
  }

  #rateAmong(jobs: number): number {
    return (this.#speed * this.#factor * Math.min(this.#cores, jobs)) / jobs
  }

  #passTo(nowMs: number): void {
    if (this.#heap.size > 0) {
      const passedMs = nowMs - this.#sinceMs
      this.#attainedMs += passedMs * this.#rate()
      this.#busyMs += passedMs * this.#busy()
    }
    this.#sinceMs = nowMs
  }

  #findNext(): void {
    this.#nextDoneAtMs = Number.POSITIVE_INFINITY
    if (this.#heap.size === 0) return
    // Rounding may have carried the attained service a hair too far.
    const leftMs = Math.max(0, this.#heap.firstDoneAfterMs - this.#attainedMs)
    if (this.#factor > 0) this.#nextDoneAtMs = this.#sinceMs + leftMs / this.#rate()
    // A standstill does not take back what is done and only not fetched yet.
    else if (leftMs < ROUNDING_MS) this.#nextDoneAtMs = this.#sinceMs
  }
}
