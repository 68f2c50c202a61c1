/** Statistics of a scenario with a flow that has tags, checks and metrics of all kinds, and requests for it. */
import type { Tags } from '../../src/core/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import type { FinishedRequest } from '../../src/worlds/index.ts'
import { scenarioOf } from '../shop/small-scenario.ts'
import { finishedRequest } from './finished-request.ts'

/** @param thresholds as a YAML map */
export function flowScenario(thresholds = '{}'): Scenario {
  return scenarioOf(`name: flows
description: Two flows in two phases
accounts: 20
phases:
  - { name: calm, durationMinutes: 1, users: 2, behaviors: { reader: 0.5, writer: 0.5 }, tags: { stage: calm, team: nobody } }
  - { name: busy, durationMinutes: 1, users: 4, behaviors: { reader: 0.5, quick-browser: 0.5 }, tags: { stage: busy } }
behaviors:
  reader:
    description: Reads
    tags: { team: catalogue }
    requests:
      - name: search
        get: /search
        service: inventory
        tags: { kind: read }
        checks: { found: { status: 200 } }
        metrics: { size: { type: trend, json: n }, calls: { type: counter }, load: { type: gauge, json: l }, hit: { type: rate, json: h } }
  writer:
    description: Writes
    requests: [{ name: store, put: /store, service: cart, tags: { kind: write } }]
thresholds: ${thresholds}
`)
}

/** As the flows tag them. */
export const SEARCH: Tags = Object.freeze({ team: 'catalogue', kind: 'read' })
export const STORE: Tags = Object.freeze({ kind: 'write' })

const PROFILES = ['reader', 'writer', 'quick-browser']

export type Kind = 'search' | 'store' | 'product'

/** A request of a kind that takes so long; a status other than 200 has failed. */
export function requestOf(
  kind: Kind,
  latencyMs: number,
  more: Partial<FinishedRequest> & { phase?: number } = {},
) {
  const profile = { search: 'reader', store: 'writer', product: 'quick-browser' }[kind]
  const { phase = kind === 'product' ? 1 : 0, ...others } = more
  const status = others.reply?.status ?? 200
  const failed = status !== 200
  return finishedRequest({
    origin: { trace: '0'.repeat(32), hop: 0, attempt: 0, phase, profile: PROFILES.indexOf(profile) },
    profile,
    action: kind,
    service: kind === 'store' ? 'cart-service' : 'inventory-service',
    tags: kind === 'search' ? SEARCH : kind === 'store' ? STORE : undefined,
    intendedMs: 1000,
    readyMs: 1000,
    startMs: 1000,
    endMs: 1000 + latencyMs,
    expected: !failed,
    failure: failed ? String(status) : null,
    ...others,
  } as Partial<FinishedRequest>)
}
