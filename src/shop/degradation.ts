/**
 * What a replica does to itself because a client asked for it: the DegradationController of the predecessor's cart
 * service, with its parameters and its oddities. A ledger without a clock: each activity has its end in itself.
 *
 * Source: `shop-api.md`, section 2.5. Busy loops are threads, which take their share of the cores from the workers.
 */
import { type Random, uniformInteger } from '../core/index.ts'
import type { Effect } from './fault-kind.ts'

export type DegradationKind = 'cpu' | 'memory' | 'latency' | 'errors' | 'gradual'

/** One of them at work. `level` is a percentage, a delay in ms, or the number of phases. */
export interface Activity {
  readonly level: number
  readonly startMs: number
  readonly endMs: number
}

/** What becomes of a request for a cart: a pause, and then perhaps an error. */
export interface Trouble {
  readonly pauseMs: number
  readonly fails: boolean
}

/** It takes a megabyte every 50 ms. How large the heap is, the facts do not say: this is our assumption. */
const MEGABYTES_PER_MS = 1 / 50
const HEAP_MEGABYTES = 512
/** Every delay has this in it, and a random part up to this much below the one that was asked for. */
const FIXED_DELAY_MS = 50
const DELAY_SPREAD_MS = 500
const LEAST_RANDOM_DELAY_MS = 8
/** Per phase of a gradual degradation, in percent. It is only ever shown. */
const GRADUAL_CPU = 25
const GRADUAL_MEMORY = 20

export class Degradation {
  readonly #workers: number
  readonly #random: Random
  readonly #activities = new Map<DegradationKind, Activity>()

  constructor(workers: number, random: Random) {
    this.#workers = workers
    this.#random = random
  }

  /** The activity of this kind, if its time is not over. */
  activity(kind: DegradationKind, nowMs: number): Activity | undefined {
    const activity = this.#activities.get(kind)
    return activity !== undefined && nowMs < activity.endMs ? activity : undefined
  }

  /** As it is shown: a gradual one counts for what it pretends to be. */
  isActive(kind: DegradationKind, nowMs: number): boolean {
    return this.activity(kind, nowMs) !== undefined || this.shownLevel(kind, nowMs) > 0
  }

  start(kind: DegradationKind, level: number, durationMs: number, nowMs: number): Activity {
    const activity = { level, startMs: nowMs, endMs: nowMs + durationMs }
    this.#activities.set(kind, activity)
    return activity
  }

  /** Whether it is still the last of its kind that was started, and nobody has stopped it. */
  isLatest(kind: DegradationKind, activity: Activity): boolean {
    return this.#activities.get(kind) === activity
  }

  /** Returns whether it was active. */
  stop(kind: DegradationKind, nowMs: number): boolean {
    const wasActive = this.activity(kind, nowMs) !== undefined
    this.#activities.delete(kind)
    return wasActive
  }

  /** The level that is shown: the gradual one counts for CPU and memory although it creates no load. */
  shownLevel(kind: DegradationKind, nowMs: number): number {
    const activity = this.activity(kind, nowMs)
    if (activity !== undefined) return activity.level
    const phase = this.gradualPhase(nowMs)
    if (kind === 'cpu') return Math.min(100, GRADUAL_CPU * phase)
    return kind === 'memory' ? Math.min(100, GRADUAL_MEMORY * phase) : 0
  }

  /** 1 to the number of phases; 0 while there is none. */
  gradualPhase(nowMs: number): number {
    const gradual = this.activity('gradual', nowMs)
    if (gradual === undefined) return 0
    const { level, startMs, endMs } = gradual
    return 1 + Math.floor(((nowMs - startMs) / (endMs - startMs)) * level)
  }

  /** What busy loops and hoarded memory come to; undefined if there are none. */
  effectAt(nowMs: number): Effect | undefined {
    const cpu = this.activity('cpu', nowMs)
    const memory = this.activity('memory', nowMs)
    if (cpu === undefined && memory === undefined) return undefined
    return {
      ...(cpu === undefined ? {} : { speed: this.#speedBeside(cpu) }),
      ...(memory === undefined ? {} : { leakedMemory: hoarded(memory, nowMs) }),
    }
  }

  /** What becomes of a request that looks at a cart or adds to it. */
  trouble(nowMs: number): Trouble {
    const latency = this.activity('latency', nowMs)
    const errors = this.activity('errors', nowMs)
    const pauseMs = latency === undefined ? 0 : this.#delayMs(latency.level)
    // A sleep of less than nothing throws, there as here.
    const fails = pauseMs < 0 || (errors !== undefined && this.#random() * 100 < errors.level)
    return { pauseMs: Math.max(0, pauseMs), fails }
  }

  #delayMs(delayMs: number): number {
    const low = Math.min(LEAST_RANDOM_DELAY_MS, delayMs - DELAY_SPREAD_MS)
    return FIXED_DELAY_MS + uniformInteger(this.#random, low, delayMs - 1)
  }

  /** The workers share their cores with the busy loops. */
  #speedBeside({ level }: Activity): number {
    const loops = Math.max(1, Math.floor((level * this.#workers) / 100))
    return this.#workers / (this.#workers + loops)
  }
}

/** Share of the memory that has been taken by now. */
function hoarded({ level, startMs }: Activity, nowMs: number): number {
  return Math.min(level / 100, ((nowMs - startMs) * MEGABYTES_PER_MS) / HEAP_MEGABYTES)
}
