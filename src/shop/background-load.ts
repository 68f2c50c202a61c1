/** When other clients of a service take part of its speed: the background loads of the phases, as effects. */
import { type Scenario, SERVICES, type ServiceName } from '../scenario/index.ts'
import type { EffectChange } from './fault-kind.ts'

/** So much of its speed a replica keeps, however high the loads add up. */
const LEAST_SPEED = 0.05

/** The load of one service through the run: from each change on, every replica has that share of its speed. */
export interface BackgroundLoad {
  readonly service: ServiceName
  readonly changes: readonly EffectChange[]
}

/** Where phases overlap, their loads add up. Services that never have a load are left out. */
export function backgroundLoads(scenario: Scenario): BackgroundLoad[] {
  const times = new Set<number>()
  for (const { startMs, durationMs } of scenario.phases) times.add(startMs).add(startMs + durationMs)
  const ordered = [...times].sort((a, b) => a - b)
  return SERVICES.map((service) => ({ service, changes: changesOf(scenario, service, ordered) })).filter(
    ({ changes }) => changes.length > 0,
  )
}

function changesOf(scenario: Scenario, service: ServiceName, times: readonly number[]): EffectChange[] {
  const changes: EffectChange[] = []
  let speed = 1
  for (const atMs of times) {
    const next = speedAt(scenario, service, atMs)
    if (next !== speed) changes.push({ atMs, effect: { speed: next } })
    speed = next
  }
  return changes
}

function speedAt(scenario: Scenario, service: ServiceName, atMs: number): number {
  let load = 0
  for (const phase of scenario.phases) {
    const active = phase.startMs <= atMs && atMs < phase.startMs + phase.durationMs
    if (active) load += phase.backgroundLoad[service] ?? 0
  }
  return Math.max(LEAST_SPEED, 1 - load)
}
