/**
 * Chaos: faults that come at random, as Netflix's Chaos Monkey and Chaos Mesh's schedules let them. When, what, where
 * and for how long is drawn from the seed, before the run, so that it is the same for every policy.
 */
import { exponential, type Random, type RandomStreams, uniform } from '../core/index.ts'
import {
  type ChaosWave,
  contradictionsOf,
  type Fault,
  instanceIds,
  type Scenario,
} from '../scenario/index.ts'
import { faultKinds } from './faults/index.ts'

/** @param others faults that are there already: what would contradict them is left out */
export function chaosFaults(scenario: Scenario, streams: RandomStreams, others: readonly Fault[]): Fault[] {
  const faults: Fault[] = []
  for (const [i, wave] of scenario.chaos.entries()) {
    // Waves overlap in time: each goes through what the others have brought from its own start.
    const befallen = new Map<string, BefallenInstance>()
    for (const fault of [...others, ...faults])
      for (const id of fault.instances) at(befallen, id).expect(fault)
    for (const fault of faultsOf(wave, scenario, streams, i)) {
      const instances = fault.instances.filter((id) => at(befallen, id).take(fault))
      if (instances.length > 0) faults.push({ ...fault, instances })
    }
  }
  return faults
}

function at(befallen: Map<string, BefallenInstance>, id: string): BefallenInstance {
  let instance = befallen.get(id)
  if (instance === undefined) befallen.set(id, (instance = new BefallenInstance()))
  return instance
}

/** What befalls one instance, asked in the order of time: what has ended is forgotten, what is far off not looked at. */
class BefallenInstance {
  /** The latest start first, once it is asked; those that may meet the next fault are taken from its end. */
  readonly #expected: Fault[] = []
  #isSorted = true
  #present: Fault[] = []

  expect(fault: Fault): void {
    this.#expected.push(fault)
    this.#isSorted = false
  }

  /** Whether the fault contradicts nothing; it is there from then on. None may start before the one that came last. */
  take(fault: Fault): boolean {
    if (!this.#isSorted) this.#expected.sort((a, b) => b.startMs - a.startMs)
    this.#isSorted = true
    const endMs = fault.startMs + fault.durationMs
    while (this.#expected.length > 0 && this.#expected.at(-1)!.startMs < endMs) {
      this.#present.push(this.#expected.pop()!)
    }
    this.#present = this.#present.filter(({ startMs, durationMs }) => startMs + durationMs > fault.startMs)
    if (contradictionsOf(fault, this.#present, faultKinds.all).length > 0) return false
    this.#present.push(fault)
    return true
  }
}

function* faultsOf(
  wave: ChaosWave,
  scenario: Scenario,
  streams: RandomStreams,
  index: number,
): Generator<Fault> {
  const random = streams.stream(`chaos/${index}`)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const endMs = wave.startMs + wave.durationMs
  let startMs = wave.startMs + exponential(random, wave.everyMs)
  while (startMs < endMs) {
    const { kind, parameters } = pick(wave.faults)
    const instances = drawShare(instanceIds(scenario, pick(wave.services)), wave.share, random)
    const durationMs = Math.min(uniform(random, ...wave.lengthMs), endMs - startMs)
    yield { kind, parameters, instances, share: 1, startMs, durationMs }
    startMs += exponential(random, wave.everyMs)
  }
}

/** So many of the items, at least one, in their order. */
export function drawShare<T>(items: readonly T[], share: number, random: Random): T[] {
  const wanted = Math.max(1, Math.round(share * items.length))
  const left = items.map((_, i) => i)
  while (left.length > wanted) left.splice(Math.floor(random() * left.length), 1)
  return left.map((i) => items[i]!)
}
