/**
 * What befalls which replica when: the faults of a scenario, its chaos and its background loads as one list of
 * changes in the order of time, made as they are needed. All draws come from the seed, so both worlds and every
 * policy meet the same faults.
 */
import { RandomStreams } from '../core/index.ts'
import { type Fault, instanceIds, type Scenario, SERVICES } from '../scenario/index.ts'
import { backgroundLoads } from './background-load.ts'
import { chaosFaults, drawShare } from './chaos.ts'
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

/** One fault on one instance, with the change that comes next. */
interface Source {
  readonly service: number
  readonly instance: number
  readonly fault: number
  readonly changes: Iterator<EffectChange>
  next: EffectChange
}

export class ConditionTimeline {
  /** The faults as they were drawn: each on the instances that it befalls. */
  readonly faults: readonly Fault[]
  readonly #sources: Source[] = []
  #soonest: Source | undefined

  constructor(scenario: Scenario, seed: number) {
    const streams = new RandomStreams(seed)
    this.faults = drawnFaults(scenario, streams)
    for (const { service, changes } of backgroundLoads(scenario)) {
      for (let i = 0; i < scenario.shop.services[service].speeds.length; i++) {
        this.#add(SERVICES.indexOf(service), i, BACKGROUND, changes)
      }
    }
    for (const [number, fault] of this.faults.entries()) this.#addFault(fault, number, scenario, streams)
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

  #addFault(fault: Fault, number: number, scenario: Scenario, streams: RandomStreams): void {
    const { kind, parameters, startMs, durationMs } = fault
    for (const [service, name] of SERVICES.entries()) {
      for (const [instance, id] of instanceIds(scenario, name).entries()) {
        if (!fault.instances.includes(id)) continue
        const random = streams.stream(`faults/${number}/${id}`)
        const window = { startMs, endMs: startMs + durationMs, parameters, random }
        this.#add(service, instance, number, faultKinds.get(kind).changes(window))
      }
    }
  }

  #add(service: number, instance: number, fault: number, changes: Iterable<EffectChange>): void {
    const iterator = changes[Symbol.iterator]()
    const first = iterator.next()
    if (!first.done) this.#sources.push({ service, instance, fault, changes: iterator, next: first.value })
  }

  /** Of equals, the one that was added first. */
  #findSoonest(): void {
    this.#soonest = undefined
    for (const source of this.#sources) {
      if (this.#soonest === undefined || source.next.atMs < this.#soonest.next.atMs) this.#soonest = source
    }
  }
}

/** Every fault with the instances that it befalls drawn, those of the chaos behind the others. */
function drawnFaults(scenario: Scenario, streams: RandomStreams): Fault[] {
  const placed = scenario.faults.map((fault, i) => {
    const instances = drawShare(fault.instances, fault.share, streams.stream(`faults/${i}/share`))
    return { ...fault, instances, share: 1 }
  })
  return [...placed, ...chaosFaults(scenario, streams, placed)]
}
