/**
 * What befalls which replica when: the faults of a scenario, its chaos and its background loads as one list of
 * changes in the order of time, made as they are needed. All draws come from the seed, so both worlds and every
 * policy meet the same faults.
 */
import { RandomStreams } from '../core/index.ts'
import { type Fault, instanceIds, type Scenario, SERVICES } from '../scenario/index.ts'
import { backgroundLoads } from './background-load.ts'
import { drawnFaults } from './drawn-faults.ts'
import type { Effect, EffectChange } from './fault-kind.ts'
import { faultKinds } from './faults/index.ts'

/** From this time on, one fault has this effect on one instance; undefined ends it. */
export interface ConditionChange {
  readonly atMs: number
  /** Index into SERVICES. */
  readonly service: number
  /** Index within the service. */
  readonly instance: number
  /** Tells faults apart that are at work at the same time. */
  readonly fault: number
  readonly effect: Effect | undefined
}

/** Number of the background load, which is at work beside the faults. */
const BACKGROUND = -1

interface Place {
  readonly id: string
  /** Index into SERVICES. */
  readonly service: number
  /** Index within the service. */
  readonly instance: number
}

/** One fault on one instance, with the change that comes next. */
interface Source extends Place {
  readonly fault: number
  readonly changes: Iterator<EffectChange>
  /** Of changes at one time, that of the lowest rank comes first. */
  readonly rank: number
  next: EffectChange
}

export class ConditionTimeline {
  /** The faults as they were drawn: each on the instances that it befalls. */
  readonly faults: readonly Fault[]
  readonly #streams: RandomStreams
  readonly #places: readonly Place[]
  /** Numbers of the faults that have not begun, the latest first. A long run has many, and few at a time are at work. */
  readonly #waiting: number[]
  /** Those that have begun and not ended. */
  readonly #sources: Source[] = []
  #soonest: Source | undefined

  constructor(scenario: Scenario, seed: number) {
    this.#streams = new RandomStreams(seed)
    this.#places = SERVICES.flatMap((name, service) =>
      instanceIds(scenario, name).map((id, instance) => ({ id, service, instance })),
    )
    this.faults = drawnFaults(scenario, seed)
    this.#waiting = [...this.faults.keys()].sort((a, b) => this.faults[b]!.startMs - this.faults[a]!.startMs)
    for (const { service, changes } of backgroundLoads(scenario)) {
      const loaded = SERVICES.indexOf(service)
      for (const [i, place] of this.#places.entries()) {
        if (place.service === loaded) this.#add(i, BACKGROUND, changes)
      }
    }
    this.#findSoonest()
  }

  /** When something changes next; Infinity if nothing ever will. */
  get nextAtMs(): number {
    return this.#soonest?.next.atMs ?? Number.POSITIVE_INFINITY
  }

  /** Takes the next change. There must be one. */
  take(): ConditionChange {
    const source = this.#soonest!
    const { service, instance, fault, next } = source
    const following = source.changes.next()
    if (following.done) this.#sources.splice(this.#sources.indexOf(source), 1)
    else source.next = following.value
    this.#findSoonest()
    return { ...next, service, instance, fault }
  }

  #begin(number: number): void {
    const { kind, parameters, instances, startMs, durationMs } = this.faults[number]!
    for (const [i, { id }] of this.#places.entries()) {
      if (!instances.includes(id)) continue
      const random = this.#streams.stream(`faults/${number}/${id}`)
      const window = { startMs, endMs: startMs + durationMs, parameters, random }
      this.#add(i, number, faultKinds.get(kind).changes(window))
    }
  }

  #add(placeIndex: number, fault: number, changes: Iterable<EffectChange>): void {
    const iterator = changes[Symbol.iterator]()
    const first = iterator.next()
    if (first.done) return
    const place = this.#places[placeIndex]!
    const rank = fault * this.#places.length + placeIndex
    this.#sources.push({ ...place, fault, changes: iterator, rank, next: first.value })
  }

  /** No fault changes anything before its window: those that start after the soonest change can wait. */
  #findSoonest(): void {
    this.#soonest = undefined
    let compared = 0
    for (;;) {
      for (; compared < this.#sources.length; compared++) this.#compare(this.#sources[compared]!)
      const following = this.#waiting.at(-1)
      if (following === undefined || this.faults[following]!.startMs > this.nextAtMs) return
      this.#waiting.pop()
      this.#begin(following)
    }
  }

  #compare(source: Source): void {
    const soonest = this.#soonest
    const apartMs = soonest === undefined ? -1 : source.next.atMs - soonest.next.atMs
    if (apartMs < 0 || (apartMs === 0 && source.rank < soonest!.rank)) this.#soonest = source
  }
}
