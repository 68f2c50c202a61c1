/** c workers, first come first served: a job has a worker for itself until it is done. */
import type { Station, StationOptions } from './station.ts'
import { WaitingRoom } from './waiting-room.ts'

const IDLE = -1

export class FcfsStation implements Station {
  readonly #workers: number
  readonly #speed: number
  /** The factor at which it works, or worked before it was stopped. */
  #factor = 1
  #stopped = false

  // Per worker: the job it has (or IDLE), when it began, how long it had waited, and when it will be done.
  readonly #jobs: Int32Array
  readonly #begunAtMs: Float64Array
  readonly #waitedMs: Float64Array
  readonly #doneAtMs: Float64Array
  /** While stopped, per worker: how long its job would still have taken. */
  readonly #leftMs: Float64Array
  /** Scratch, per worker: when it would be free. */
  readonly #freeInMs: Float64Array
  readonly #room = new WaitingRoom()
  #busy = 0
  /** The worker that is done first, of several the one with the lowest number. */
  #first = 0

  #busyMs = 0
  #busySinceMs = 0

  completedQueueMs = 0
  completedWorkMs = 0

  constructor({ workers, speed }: StationOptions) {
    this.#workers = workers
    this.#speed = speed
    this.#jobs = new Int32Array(workers).fill(IDLE)
    this.#begunAtMs = new Float64Array(workers)
    this.#waitedMs = new Float64Array(workers)
    this.#doneAtMs = new Float64Array(workers).fill(Number.POSITIVE_INFINITY)
    this.#leftMs = new Float64Array(workers)
    this.#freeInMs = new Float64Array(workers)
  }

  get inSystem(): number {
    return this.#busy + this.#room.length
  }

  get waiting(): number {
    return this.#room.length
  }

  get speed(): number {
    return this.#stopped ? 0 : this.#speed * this.#factor
  }

  arrive(job: number, workMs: number, nowMs: number): boolean {
    if (this.#busy === this.#workers) {
      this.#room.enter(job, workMs, nowMs)
      return false
    }
    const jobs = this.#jobs
    let worker = 0
    while (jobs[worker] !== IDLE) worker++ // a few: `indexOf` would take longer
    this.#begin(worker, job, workMs, nowMs, nowMs)
    const doneAtMs = this.#doneAtMs[worker]!
    const firstAtMs = this.#doneAtMs[this.#first]!
    if (doneAtMs < firstAtMs || (doneAtMs === firstAtMs && worker < this.#first)) this.#first = worker
    return true
  }

  nextEventAtMs(): number {
    return this.#doneAtMs[this.#first]!
  }

  advance(nowMs: number): number {
    const worker = this.#first
    const doneAtMs = this.#doneAtMs[worker]!
    if (doneAtMs > nowMs) return -1
    const job = this.#jobs[worker]!
    this.completedQueueMs = this.#waitedMs[worker]!
    this.completedWorkMs = doneAtMs - this.#begunAtMs[worker]!
    this.#end(worker, doneAtMs)
    this.#findFirst()
    return job
  }

  setSpeedFactor(factor: number, nowMs: number): void {
    if (this.#stopped) this.#resume(nowMs)
    this.#stopped = factor === 0
    if (this.#stopped) this.#stop(nowMs)
    else this.#stretch(this.#factor / factor, nowMs)
    if (!this.#stopped) this.#factor = factor
    this.#findFirst()
  }

  drop(nowMs: number): number[] {
    this.#countBusy(nowMs)
    const working: number[] = []
    for (let w = 0; w < this.#workers; w++) if (this.#jobs[w] !== IDLE) working.push(w)
    // Jobs that came at once began in the order of the workers, which sorting keeps.
    working.sort((a, b) => this.#begunAtMs[a]! - this.#begunAtMs[b]!)
    const jobs = [...working.map((worker) => this.#jobs[worker]!), ...this.#room.clear()]
    this.#jobs.fill(IDLE)
    this.#doneAtMs.fill(Number.POSITIVE_INFINITY)
    this.#busy = 0
    this.#first = 0
    return jobs
  }

  busyMs(nowMs: number): number {
    this.#countBusy(nowMs)
    return this.#busyMs
  }

  workLeftMs(nowMs: number): number {
    let leftMs = 0
    for (let w = 0; w < this.#workers; w++) {
      if (this.#jobs[w] === IDLE) continue
      const doneAtMs = this.#doneAtMs[w]!
      // Only a worker that was stopped is never done.
      leftMs += doneAtMs === Number.POSITIVE_INFINITY ? this.#leftMs[w]! : Math.max(0, doneAtMs - nowMs)
    }
    return leftMs * this.#speed * this.#factor + this.#room.workMs()
  }

  addedMs(workMs: number, nowMs: number): number {
    // Whoever is there already notices nothing: what is added is its own time.
    if (this.#stopped) return Number.POSITIVE_INFINITY
    const freeInMs = this.#freeInMs
    for (let w = 0; w < this.#workers; w++) {
      freeInMs[w] = this.#jobs[w] === IDLE ? 0 : Math.max(0, this.#doneAtMs[w]! - nowMs)
    }
    const room = this.#room
    for (let i = 0; i < room.length; i++) {
      freeInMs[leastOf(freeInMs)]! += room.workMsAt(i) / this.speed
    }
    return freeInMs[leastOf(freeInMs)]! + workMs / this.speed
  }

  #begin(worker: number, job: number, workMs: number, sinceMs: number, nowMs: number): void {
    this.#countBusy(nowMs)
    this.#busy++
    this.#jobs[worker] = job
    this.#begunAtMs[worker] = nowMs
    this.#waitedMs[worker] = nowMs - sinceMs
    const takesMs = workMs / (this.#speed * this.#factor)
    this.#leftMs[worker] = takesMs
    this.#doneAtMs[worker] = this.#stopped ? Number.POSITIVE_INFINITY : nowMs + takesMs
  }

  #end(worker: number, nowMs: number): void {
    this.#countBusy(nowMs)
    this.#busy--
    this.#jobs[worker] = IDLE
    this.#doneAtMs[worker] = Number.POSITIVE_INFINITY
    const room = this.#room
    if (room.length === 0) return
    const { firstJob, firstWorkMs, firstSinceMs } = room
    room.leave()
    // It may have come after `nowMs`, while nobody fetched the job before.
    this.#begin(worker, firstJob, firstWorkMs, firstSinceMs, Math.max(nowMs, firstSinceMs))
  }

  #stop(nowMs: number): void {
    for (let w = 0; w < this.#workers; w++) {
      // A job that is done and only not fetched yet stays as it is.
      if (this.#doneAtMs[w]! <= nowMs) continue
      this.#leftMs[w] = this.#doneAtMs[w]! - nowMs
      this.#doneAtMs[w] = Number.POSITIVE_INFINITY
    }
  }

  /** Goes on at the factor of before. */
  #resume(nowMs: number): void {
    for (let w = 0; w < this.#workers; w++) {
      const stopped = this.#jobs[w] !== IDLE && this.#doneAtMs[w] === Number.POSITIVE_INFINITY
      if (stopped) this.#doneAtMs[w] = nowMs + this.#leftMs[w]!
    }
  }

  #stretch(stretch: number, nowMs: number): void {
    for (let w = 0; w < this.#workers; w++) {
      const leftMs = this.#doneAtMs[w]! - nowMs
      if (leftMs > 0) this.#doneAtMs[w] = nowMs + leftMs * stretch
    }
  }

  #findFirst(): void {
    this.#first = leastOf(this.#doneAtMs)
  }

  #countBusy(nowMs: number): void {
    this.#busyMs += this.#busy * (nowMs - this.#busySinceMs)
    this.#busySinceMs = nowMs
  }
}

function leastOf(numbers: Float64Array): number {
  let least = 0
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! < numbers[least]!) least = i
  return least
}
