/** Runs with trouble in the inventory, and what their books must say whatever happens. */
import { expect } from 'vitest'
import type { ClientSettings, Fault, Scenario } from '../../../src/scenario/index.ts'
import { faultOf } from '../../shop/hostile-scenario.ts'
import { type KeptRequest, recordsByTrace, type VirtualRun } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

export const INVENTORY = ['inventory-service-1', 'inventory-service-2']
export const MINUTE_MS = 60_000
export const base = openLoop(2, 3)

interface Trouble {
  readonly faults?: readonly Fault[]
  readonly client?: Partial<ClientSettings>
  /** Of the balancer. */
  readonly timeoutMs?: number
}

export function troubled({
  faults = [],
  client = {},
  timeoutMs = base.routing.timeoutMs,
}: Trouble): Scenario {
  return { ...base, faults, client: { ...base.client, ...client }, routing: { ...base.routing, timeoutMs } }
}

/** A fault on both replicas of the inventory, or on those named, for the whole run. */
export function inventoryFault(
  kind: string,
  parameters: Record<string, number> = {},
  instances = INVENTORY,
): Fault {
  return faultOf(kind, { instances, durationMs: 2 * MINUTE_MS, parameters })
}

export const isGet = ({ action }: KeptRequest): boolean =>
  ['browse', 'search', 'product', 'cartView'].includes(action)
export const hits = ({ requests }: VirtualRun): KeptRequest[] =>
  requests.filter(({ service }) => service === 'inventory-service')

/** What holds of every run: each attempt is one decision, each request ends once, each retry knows what it repeats. */
export function expectBalancedBooks(run: VirtualRun): void {
  const { requests, records } = run
  expect(run.stopped).toBeUndefined()
  expect(records.filter(({ outcome }) => outcome === null)).toEqual([])
  expect(new Set(requests.map(({ trace }) => trace)).size).toBe(requests.length)
  const byTrace = recordsByTrace(records)
  let attempts = 0
  for (const request of requests) {
    const own = byTrace.get(request.trace)!.filter(({ hop }) => hop === 0)
    attempts += request.attempts
    expect(own).toHaveLength(request.attempts)
    for (const [i, { outcome }] of own.entries()) {
      expect(outcome!.retryOf).toBe(i === 0 ? null : own[i - 1]!.decision)
    }
  }
  expect(records.filter(({ hop }) => hop === 0)).toHaveLength(attempts)
}
