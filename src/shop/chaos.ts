/**
 * Chaos: faults that come at random, as Netflix's Chaos Monkey and Chaos Mesh's schedules let them. When, what, where
 * and for how long is drawn from the seed, before the run, so that it is the same for every policy.
 */
import { exponential, type Random, type RandomStreams, uniform } from '../core/index.ts'
import { type ChaosWave, type Fault, instanceIds, type Scenario } from '../scenario/index.ts'
import { faultKinds } from './faults/index.ts'

/** @param others faults that are there already: what would contradict them is left out */
export function chaosFaults(scenario: Scenario, streams: RandomStreams, others: readonly Fault[]): Fault[] {
  const faults: Fault[] = []
  for (const [i, wave] of scenario.chaos.entries()) {
    for (const fault of faultsOf(wave, scenario, streams, i)) {
      const instances = fault.instances.filter(
        (id) => ![...others, ...faults].some((other) => contradict(other, fault, id)),
      )
      if (instances.length > 0) faults.push({ ...fault, instances })
    }
  }
  return faults
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

/** Whether two faults cannot both befall an instance: one kind twice, or more requests taken than there are. */
function contradict(a: Fault, b: Fault, instance: string): boolean {
  const apart = a.startMs + a.durationMs <= b.startMs || b.startMs + b.durationMs <= a.startMs
  if (apart || !a.instances.includes(instance) || !b.instances.includes(instance)) return false
  return a.kind === b.kind || takenBy(a) + takenBy(b) > 1
}

function takenBy({ kind, parameters }: Fault): number {
  return faultKinds.get(kind).taken?.(parameters) ?? 0
}
