/**
 * The instances of a rollout as queues. They say when the work of a request will be, or is, done; the network and the
 * router are none of their business.
 *
 * First come first served needs no events: when a request comes, it is known when a worker will be free for it. The
 * speed is that of the window in which the work begins. Under processor sharing c cores are shared evenly, so that the
 * smallest attained service is done first; the speed is that of the window of the last change.
 */
import type { Workload } from './workload.ts'

/** A request was taken in, but it is not known yet when it will be done. */
export const LATER = Number.NaN

export interface Stations {
  /** Of the request that came last, if it is known when it will be done: how long it is worked on. */
  readonly workMs: number
  /** When the work of the request will be done; `LATER` if that depends on what comes. */
  arrive(request: number, instance: number, nowMs: number): number
  /** When the next of the requests that were to be done later is done; Infinity if there is none. */
  nextMs(): number
  /** Takes that one out. */
  next(): number
}

export function stationsOf(workload: Workload): Stations {
  return workload.discipline === 'fcfs' ? new FirstComeFirstServed(workload) : new ProcessorSharing(workload)
}

/** Row of `speed` and `failing` at a time. */
export function windowAt({ windowMs, windowsFromMs, speed, instances }: Workload, timeMs: number): number {
  const window = Math.floor((timeMs - windowsFromMs) / windowMs)
  const last = speed.length / instances - 1
  return (window < 0 ? 0 : window > last ? last : window) * instances
}

class FirstComeFirstServed implements Stations {
  readonly #workload: Workload
  /** Shape [instances x workers]: when it will be free. */
  readonly #freeAtMs: Float64Array
  workMs = Number.NaN

  constructor(workload: Workload) {
    this.#workload = workload
    this.#freeAtMs = new Float64Array(workload.instances * workload.workers).fill(Number.NEGATIVE_INFINITY)
  }

  arrive(request: number, instance: number, nowMs: number): number {
    const { workers, sizeMs, speed } = this.#workload
    const freeAtMs = this.#freeAtMs
    let first = instance * workers
    for (let w = first + 1; w < (instance + 1) * workers; w++) if (freeAtMs[w]! < freeAtMs[first]!) first = w
    const begunAtMs = Math.max(nowMs, freeAtMs[first]!)
    this.workMs = sizeMs[request]! / speed[windowAt(this.#workload, begunAtMs) + instance]!
    return (freeAtMs[first] = begunAtMs + this.workMs)
  }

  nextMs(): number {
    return Number.POSITIVE_INFINITY
  }

  next(): number {
    throw new RangeError('nothing is done later here')
  }
}

class ProcessorSharing implements Stations {
  readonly #workload: Workload
  readonly #shared: SharedInstance[]
  readonly #doneAtMs: Float64Array
  #first = 0
  /** The whole stay: not known when it comes. */
  readonly workMs = Number.NaN

  constructor(workload: Workload) {
    this.#workload = workload
    this.#shared = Array.from({ length: workload.instances }, () => new SharedInstance())
    this.#doneAtMs = new Float64Array(workload.instances).fill(Number.POSITIVE_INFINITY)
  }

  arrive(request: number, instance: number, nowMs: number): number {
    const shared = this.#shared[instance]!
    shared.passTo(nowMs)
    shared.enter(request, this.#workload.sizeMs[request]!)
    this.#look(instance, nowMs)
    return LATER
  }

  nextMs(): number {
    const doneAtMs = this.#doneAtMs
    let first = 0
    for (let i = 1; i < doneAtMs.length; i++) if (doneAtMs[i]! < doneAtMs[first]!) first = i
    this.#first = first
    return doneAtMs[first]!
  }

  next(): number {
    const instance = this.#first
    const shared = this.#shared[instance]!
    const nowMs = this.#doneAtMs[instance]!
    shared.passTo(nowMs)
    const request = shared.leave()
    this.#look(instance, nowMs)
    return request
  }

  #look(instance: number, nowMs: number): void {
    const { speed, workers } = this.#workload
    const now = speed[windowAt(this.#workload, nowMs) + instance]!
    this.#doneAtMs[instance] = this.#shared[instance]!.goOn(now, workers, nowMs)
  }
}

/** Jobs that share one instance, in no order: there are few. */
class SharedInstance {
  #requests = new Int32Array(16)
  /** Attained service of the instance at which each is done. */
  #doneAfterMs = new Float64Array(16)
  #length = 0
  #attainedMs = 0
  #sinceMs = 0
  #rate = 0
  #first = 0

  passTo(nowMs: number): void {
    this.#attainedMs += (nowMs - this.#sinceMs) * this.#rate
    this.#sinceMs = nowMs
    if (this.#length === 0) this.#attainedMs = 0
  }

  enter(request: number, sizeMs: number): void {
    if (this.#length === this.#requests.length) this.#grow()
    this.#requests[this.#length] = request
    this.#doneAfterMs[this.#length++] = this.#attainedMs + sizeMs
  }

  /** Takes out the one that is done first. */
  leave(): number {
    const request = this.#requests[this.#first]!
    this.#attainedMs = this.#doneAfterMs[this.#first]!
    const last = --this.#length
    this.#requests[this.#first] = this.#requests[last]!
    this.#doneAfterMs[this.#first] = this.#doneAfterMs[last]!
    return request
  }

  /** From now on at this speed. Returns when the next one will be done; Infinity if there is none. */
  goOn(speed: number, cores: number, nowMs: number): number {
    this.#rate = this.#length === 0 ? 0 : (speed * Math.min(cores, this.#length)) / this.#length
    if (this.#length === 0) return Number.POSITIVE_INFINITY
    const doneAfterMs = this.#doneAfterMs
    let first = 0
    for (let k = 1; k < this.#length; k++) if (doneAfterMs[k]! < doneAfterMs[first]!) first = k
    this.#first = first
    return nowMs + Math.max(0, doneAfterMs[first]! - this.#attainedMs) / this.#rate
  }

  #grow(): void {
    const requests = new Int32Array(2 * this.#length)
    requests.set(this.#requests)
    this.#requests = requests
    const doneAfterMs = new Float64Array(2 * this.#length)
    doneAfterMs.set(this.#doneAfterMs)
    this.#doneAfterMs = doneAfterMs
  }
}
