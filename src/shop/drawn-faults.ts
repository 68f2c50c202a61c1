/** The faults of a run as a seed draws them: which instances each befalls, what chaos brings, and when they are over. */
import { RandomStreams } from '../core/index.ts'
import type { Fault, Scenario } from '../scenario/index.ts'
import { chaosFaults, drawShare } from './chaos.ts'
import { faultKinds } from './faults/index.ts'

/** Every fault with the instances that it befalls, those of the chaos behind the others. */
export function drawnFaults(scenario: Scenario, seed: number): Fault[] {
  const streams = new RandomStreams(seed)
  const placed = scenario.faults.map((fault, i) => {
    const instances = drawShare(fault.instances, fault.share, streams.stream(`faults/${i}/share`))
    return { ...fault, instances, share: 1 }
  })
  return [...placed, ...chaosFaults(scenario, streams, placed)]
}

/** When nothing is left of a fault: most end with their window, some leave something behind, some are over before. */
export function effectEndMs({ kind, parameters, startMs, durationMs }: Fault): number {
  const endMs = startMs + durationMs
  return faultKinds.get(kind).effectEndMs?.({ startMs, endMs, parameters }) ?? endMs
}
