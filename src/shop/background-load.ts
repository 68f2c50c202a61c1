/** When other clients of a service take part of its speed: the timeline of the phases' background loads. */
import { type Scenario, SERVICES, type ServiceName } from '../scenario/index.ts'

export interface SpeedChange {
  readonly atMs: number
  readonly service: ServiceName
  /** From then on, every replica of the service has this share of its own speed. */
  readonly factor: number
}

/** All changes in the order of time. Where phases overlap, their loads add up, but 5 % of the speed is always left. */
export function speedChanges(scenario: Scenario): SpeedChange[] {
  const times = new Set<number>()
  for (const { startMs, durationMs } of scenario.phases) times.add(startMs).add(startMs + durationMs)
  const changes: SpeedChange[] = []
  for (const service of SERVICES) {
    let factor = 1
    for (const atMs of [...times].sort((a, b) => a - b)) {
      const next = factorAt(scenario, service, atMs)
      if (next !== factor) changes.push({ atMs, service, factor: next })
      factor = next
    }
  }
  return changes.sort((a, b) => a.atMs - b.atMs)
}

function factorAt(scenario: Scenario, service: ServiceName, atMs: number): number {
  let load = 0
  for (const phase of scenario.phases) {
    const active = phase.startMs <= atMs && atMs < phase.startMs + phase.durationMs
    if (active) load += phase.backgroundLoad[service] ?? 0
  }
  return Math.max(0.05, 1 - load)
}
