/** What policies are told of an answer: what the instance says with it, and nothing where there is none. */
import { expect, it } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import {
  type Observation,
  type Policy,
  type PolicyOutcome,
  policyFactory,
} from '../../../src/routing/index.ts'
import {
  createExperienceLog,
  DecisionStatistics,
  VirtualWorld,
  type VirtualWorldOptions,
} from '../../../src/worlds/index.ts'
import { inventoryFault, troubled } from './troubled-run.ts'

/** Round robin that keeps what it is told. */
class Listener implements Policy {
  readonly id = 'listener'
  readonly version = '1'
  readonly told: PolicyOutcome[] = []
  readonly #inner = policyFactory('round-robin')('inventory-service')

  choose(observation: Observation, random: () => number, propensities: Float64Array): number {
    return this.#inner.choose(observation, random, propensities)
  }

  onOutcome(outcome: PolicyOutcome): void {
    this.told.push({ ...outcome })
  }
}

const scenario = troubled({ faults: [inventoryFault('reset', { rate: 0.3 })] })
const listeners = new Map<string, Listener>()
const records: ExperienceRecord[] = []
const nobody: VirtualWorldOptions['observer'] = {
  onRequest: () => {},
  onSessionStart: () => {},
  onSessionEnd: () => {},
  onCheck: () => {},
  onUsers: () => {},
  onDropped: () => {},
}
const world = new VirtualWorld({
  scenario: { ...scenario, shop: { ...scenario.shop, workScale: 8 } },
  seed: 1,
  policies: (service) => {
    const listener = new Listener()
    listeners.set(service, listener)
    return listener
  },
  observer: nobody,
  decisions: new DecisionStatistics(),
  record: (routers) =>
    createExperienceLog({
      run: 'test',
      scenario,
      routers,
      sink: {
        writeLine: (bytes, length) => {
          records.push(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, length).toString()))
        },
      },
    }),
})
while (!world.over) world.step(10_000)

const { told } = listeners.get('inventory-service')!
const seen = records.filter(({ service }) => service === 'inventory-service')

it('is what is recorded', () => {
  expect(told.length).toBeGreaterThan(500)
  const pairs = (
    all: readonly { queueMs: number | null; workMs: number | null; latencyMs: number | null }[],
  ) =>
    all
      .filter(({ workMs }) => workMs !== null && !Number.isNaN(workMs))
      .map(({ queueMs, workMs, latencyMs }) =>
        [queueMs!, workMs!, latencyMs!].map((ms) => ms.toFixed(3)).join(' '),
      )
      .toSorted()
  expect(pairs(told)).toEqual(pairs(seen.map(({ outcome }) => outcome!)))
})

it('is nothing where the connection broke', () => {
  const broken = told.filter(({ failed }) => failed)
  expect(broken.length).toBeGreaterThan(100)
  for (const { queueDepth, queueMs, workMs } of broken)
    expect([queueDepth, queueMs, workMs]).toEqual([Number.NaN, Number.NaN, Number.NaN])
})

it('has the jobs that wait there', () => {
  const depths = told.filter(({ failed }) => !failed).map(({ queueDepth }) => queueDepth)
  expect(depths.every((depth) => Number.isInteger(depth) && depth >= 0)).toBe(true)
  expect(Math.max(...depths)).toBeGreaterThan(1)
})
