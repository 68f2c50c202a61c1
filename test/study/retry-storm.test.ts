/**
 * Metastable failure on the shipped scenario: a dip of a few seconds turns into a collapse that outlives it, because
 * clients that try again ask for more than can ever be served. Huang et al., Metastable Failures in the Wild, OSDI
 * 2022. What helps is to serve some and turn the others away (a bounded queue), or to retry less (a budget).
 */
import { describe, expect, it } from 'vitest'
import { loadScenario, type Scenario, shippedScenarios } from '../../src/scenario/index.ts'
import { firstSeconds, vocabulary } from '../../src/study/index.ts'
import { scaledExecutor } from '../../src/traffic/index.ts'
import { runVirtually } from '../worlds/virtual-run.ts'

const { file } = shippedScenarios().find(({ name }) => name === 'retry-storm')!
const { scenario: storm } = loadScenario(file, { vocabulary })
const [dip] = storm.faults

/** Usable answers per second to what users came for, from half a minute to a minute after the dip has ended. */
function goodputOf(scenario: Scenario): number {
  const fromMs = dip!.startMs + dip!.durationMs + 30_000
  const untilMs = fromMs + 30_000
  const { requests, stopped } = runVirtually(firstSeconds(scenario, untilMs / 1000), {
    seed: scenario.seed,
    policy: scenario.routing.policy,
    recorded: false,
  })
  expect(stopped).toBeUndefined()
  const good = requests.filter(
    ({ action, expected, endMs }) => action === 'product' && expected && endMs >= fromMs && endMs < untilMs,
  )
  return good.length / 30
}

/** Goodput without the dip, by phases: where all is answered, neither client nor balancer matter. */
const calm = new Map<string, number>()

function calmGoodputOf({ phases }: Scenario): number {
  const key = JSON.stringify(phases)
  const known = calm.get(key) ?? goodputOf({ ...storm, phases, faults: [] })
  calm.set(key, known)
  expect(known).toBeGreaterThan(350)
  return known
}

/** Goodput after the dip, of that which there would be without it: by then, nothing of it should be left. */
function recoveryOf(scenario: Scenario): number {
  return goodputOf(scenario) / calmGoodputOf(scenario)
}

function withClient(scenario: Scenario, retries: Partial<Scenario['client']['retries']>): Scenario {
  const { client } = scenario
  return { ...scenario, client: { ...client, retries: { ...client.retries, ...retries } } }
}

function withQueueLimit(scenario: Scenario, queueLimit: number): Scenario {
  const { services } = scenario.shop
  const inventory = { ...services['inventory-service'], queueLimit }
  return {
    ...scenario,
    shop: { ...scenario.shop, services: { ...services, 'inventory-service': inventory } },
  }
}

function withPolicy(scenario: Scenario, policy: string): Scenario {
  return { ...scenario, routing: { ...scenario.routing, policy } }
}

/** The same shop with a share of the sessions. */
function withLoad(scenario: Scenario, share: number): Scenario {
  const phases = scenario.phases.map((phase) => ({
    ...phase,
    executor: scaledExecutor(phase.executor, share),
  }))
  return { ...scenario, phases }
}

it('is modelled on the textbook: a dip of a few seconds, three retries, no budget, endless queues', () => {
  expect(dip).toMatchObject({ kind: 'capacity-dip', parameters: { factor: 0.5 } })
  expect(dip!.durationMs).toBeLessThan(7000)
  expect(storm.client).toMatchObject({ timeoutMs: 500, retries: { most: 3, budget: null } })
  expect(storm.shop.services['inventory-service']).toMatchObject({ workers: 4, discipline: 'fcfs' })
  expect(storm.shop.services['inventory-service'].speeds).toHaveLength(8)
})

describe('half a minute after the dip', { timeout: 60_000 }, () => {
  it('nothing works any more where nothing protects the shop', () => {
    expect(recoveryOf(storm)).toBeLessThan(0.05)
  })

  it('nothing does with longer back-offs either: they spread retries, but make them no fewer', () => {
    expect(recoveryOf(withClient(storm, { backoffMs: 500 }))).toBeLessThan(0.05)
  })

  it('all is well where queues are bounded', () => {
    expect(recoveryOf(withQueueLimit(storm, 8))).toBeGreaterThan(0.98)
  })

  it.each([
    'limit=fixed, cap=12',
    'limit=gradient2',
    'limit=vegas',
    'limit=envoy',
    'limit=aimd, timeoutMs=500',
  ])('all is well where the balancer holds the shop back: %s', (law) => {
    expect(recoveryOf(withPolicy(storm, `backpressure(least-outstanding, ${law})`))).toBeGreaterThan(0.95)
  })

  // The limit that Netflix' AIMD finds by itself: answers of seconds still count as successes.
  it('nothing works where the balancer takes for a success what no client waits for', () => {
    expect(recoveryOf(withPolicy(storm, 'backpressure(least-outstanding, limit=aimd)'))).toBeLessThan(0.2)
  })

  it('all is well where nobody tries again', () => {
    expect(recoveryOf(withClient(storm, { most: 0 }))).toBeGreaterThan(0.98)
  })

  it('all is well at a moderate load where retries have a budget', () => {
    expect(recoveryOf(withClient(withLoad(storm, 0.85), { budget: 0.2 }))).toBeGreaterThan(0.98)
  })
})
