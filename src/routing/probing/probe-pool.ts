/**
 * The probes that Prequal (NSDI 2024, section 4) chooses from, by instance: a newer answer of an instance takes the
 * place of its older one, which the paper need not say, since there a pool of 16 meets a hundred replicas.
 *
 * A probe leaves when it is too old, when the pool is full and it is the oldest, when it has been used so often that
 * it says little any more, and by one removal per request that takes the oldest and the worst in turn.
 */
import type { Random } from '../../core/index.ts'

const LARGEST_POOL = 16
const SMALLEST_POOL = 2
const FIRST_CAPACITY = 8

/** Half of the instances: of few, a pool of all would never be renewed by chance. 16 is the paper's. */
export function defaultPoolSize(instances: number): number {
  return Math.min(LARGEST_POOL, Math.max(SMALLEST_POOL, Math.floor(instances / 2)))
}

export interface PoolRates {
  readonly instances: number
  /** The most probes in the pool. */
  readonly pool: number
  /** Per request: probes that come, and probes that are removed whatever they were used for. */
  readonly probes: number
  readonly removals: number
  readonly delta: number
}

/**
 * How often a probe is used at most,
 *
 *     b = max(1, (1 + delta) / ((1 - pool / instances) x probes - removals))
 *
 * so that uses outweigh what comes by delta. Infinity where no more come than are removed: then age and removals must do.
 */
export function probeUses({ instances, pool, probes, removals, delta }: PoolRates): number {
  const gain = (1 - pool / instances) * probes - removals
  return gain <= 0 ? Number.POSITIVE_INFINITY : Math.max(1, (1 + delta) / gain)
}

export class ProbePool {
  /** The most probes that it keeps. */
  limit = LARGEST_POOL
  #size = 0
  #probes = 0
  #takesWorst = false
  // By instance: the number of its probe (0: none), when it was answered, how often it was used, and what it said.
  #numbers = new Float64Array(FIRST_CAPACITY)
  #atMs = new Float64Array(FIRST_CAPACITY)
  #uses = new Int32Array(FIRST_CAPACITY)
  #inFlight = new Float64Array(FIRST_CAPACITY)
  #latencyMs = new Float64Array(FIRST_CAPACITY)

  get size(): number {
    return this.#size
  }

  has(instance: number): boolean {
    return instance < this.#numbers.length && this.#numbers[instance]! > 0
  }

  /** What the probe said, with what was sent there since. */
  inFlight(instance: number): number {
    return this.#inFlight[instance]!
  }

  latencyMs(instance: number): number {
    return this.#latencyMs[instance]!
  }

  add(instance: number, nowMs: number, inFlight: number, latencyMs: number): void {
    if (instance >= this.#numbers.length) this.#grow(instance + 1)
    if (!this.has(instance)) this.#size++
    this.#numbers[instance] = ++this.#probes
    this.#atMs[instance] = nowMs
    this.#uses[instance] = 0
    this.#inFlight[instance] = inFlight
    this.#latencyMs[instance] = latencyMs
    while (this.#size > this.limit) this.#remove(this.#oldest())
  }

  /** Drops all probes that were answered before. */
  dropOld(beforeMs: number): void {
    for (let i = 0; i < this.#numbers.length; i++)
      if (this.has(i) && this.#atMs[i]! < beforeMs) this.#remove(i)
  }

  /** The instance gets a request. A probe may be used `most` times, rounded at random. */
  use(instance: number, most: number, random: Random): void {
    this.#inFlight[instance]!++
    const uses = ++this.#uses[instance]!
    const left = most - uses
    if (left <= 0 || (left < 1 && random() >= left)) this.#remove(instance)
  }

  /** Removes the oldest and the worst in turn: the worst is who has the most in flight, or is slowest if none is hot. */
  removeOne(theta: number): void {
    if (this.#size === 0) return
    this.#remove(this.#takesWorst ? this.#worst(theta) : this.#oldest())
    this.#takesWorst = !this.#takesWorst
  }

  #oldest(): number {
    let oldest = -1
    for (let i = 0; i < this.#numbers.length; i++) {
      if (this.has(i) && (oldest === -1 || this.#numbers[i]! < this.#numbers[oldest]!)) oldest = i
    }
    return oldest
  }

  #worst(theta: number): number {
    let fullest = -1
    let slowest = -1
    for (let i = 0; i < this.#numbers.length; i++) {
      if (!this.has(i)) continue
      if (fullest === -1 || this.#inFlight[i]! > this.#inFlight[fullest]!) fullest = i
      if (slowest === -1 || this.#slowness(i) > this.#slowness(slowest)) slowest = i
    }
    return this.#inFlight[fullest]! > theta ? fullest : slowest
  }

  /** Who has no latency is not slow. */
  #slowness(instance: number): number {
    const latencyMs = this.#latencyMs[instance]!
    return Number.isNaN(latencyMs) ? -1 : latencyMs
  }

  #remove(instance: number): void {
    this.#numbers[instance] = 0
    this.#size--
  }

  #grow(atLeast: number): void {
    const length = Math.max(atLeast, 2 * this.#numbers.length)
    this.#numbers = longer(this.#numbers, new Float64Array(length))
    this.#atMs = longer(this.#atMs, new Float64Array(length))
    this.#uses = longer(this.#uses, new Int32Array(length))
    this.#inFlight = longer(this.#inFlight, new Float64Array(length))
    this.#latencyMs = longer(this.#latencyMs, new Float64Array(length))
  }
}

function longer<Numbers extends Float64Array | Int32Array>(old: Numbers, numbers: Numbers): Numbers {
  numbers.set(old)
  return numbers
}
