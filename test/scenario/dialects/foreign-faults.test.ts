/** The fault fields of the predecessor's files, from the text of a file to the faults of the scenario. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { instanceIds, loadScenario, type Scenario, SERVICES } from '../../../src/scenario/index.ts'
import { vocabulary } from '../../../src/study/index.ts'
import { DIALECTS, fileOf, messageOf } from '../scenario-files.ts'

function load(file: string, scenarioName: string) {
  return loadScenario(path.join(DIALECTS, file), { vocabulary, scenarioName })
}

/** Faults of single services, as `service kind amount from-to`, in minutes. */
function faultsOf(scenario: Scenario): string[] {
  return scenario.faults.flatMap(({ kind, instances, share, startMs, durationMs, parameters }) => {
    const service = SERVICES.find((name) => instances.join() === instanceIds(scenario, name).join())
    if (service === undefined) return []
    expect(share).toBe(1)
    const amount = kind === 'latency' ? parameters.factor : parameters.rate
    return [`${service} ${kind} ${amount} ${startMs / 60_000}-${(startMs + durationMs) / 60_000}`]
  })
}

describe('simulated_failures', () => {
  const { scenario } = load('probability-profiles.json', 'working_day')

  it('befall all instances of their services while their pattern lasts', () => {
    expect(faultsOf(scenario)).toEqual([
      'inventory-service latency 4 10-30',
      'cart-service errors 0.15 10-30',
      'order-service timeouts 0.1 10-30',
    ])
  })

  it('have every parameter of their kind, and timeouts that outlast the client', () => {
    const timeouts = scenario.faults.find(({ kind }) => kind === 'timeouts')!
    expect(timeouts.parameters).toEqual({ rate: 0.1, afterSeconds: 24 })
    expect(timeouts.parameters.afterSeconds! * 1000).toBeGreaterThan(scenario.client.timeoutMs)
    expect(scenario.faults[0]!.parameters).toEqual({ latencyMs: 0, jitterMs: 0, factor: 4, rate: 1 })
  })
})

describe('network_errors', () => {
  it('befall everything for the whole run, behind the gate and after the faults of services', () => {
    const { scenario } = load('probability-profiles.json', 'working_day')
    const everything = SERVICES.flatMap((service) => instanceIds(scenario, service))
    const always = { instances: everything, share: 1, startMs: 0, durationMs: 1_800_000 }
    expect(scenario.faults.slice(3)).toEqual([
      { kind: 'timeouts', ...always, parameters: { rate: 0.006, afterSeconds: 24 } },
      { kind: 'refuse', ...always, parameters: { rate: 0.003 } },
      { kind: 'errors', ...always, parameters: { rate: 0.0045, status: 400, answerMs: 1 } },
    ])
  })

  it('are told when they are more than there can be', () => {
    const text = readFileSync(path.join(DIALECTS, 'probability-profiles.json'), 'utf8')
      .replace('"error_injection_probability": 0.15', '"error_injection_probability": 1')
      .replace('"timeout_simulation_rate": 0.04', '"timeout_simulation_rate": 0.99')
      .replace('"connection_refused_rate": "2%"', '"connection_refused_rate": "2 of 3"')
    const complaintOf = (content: string) => {
      const file = fileOf(content, 'f.json')
      return messageOf(() => loadScenario(file, { vocabulary, scenarioName: 'short_peak' }))
    }
    expect(complaintOf(text)).toMatch(
      /connection_refused_rate: expected share from 0 to 1 or percentage such as "15%", got "2 of 3"$/,
    )
    expect(complaintOf(text.replace('"2 of 3"', '"2%"'))).toMatch(
      /network_errors: expected rates that sum to at most 1 behind the gate, got a sum of 1.04: lower /,
    )
  })
})

describe('simulated_conditions', () => {
  const { scenario, warnings } = load('stress-halves.json', 'degradation')

  it('may be normal, a map per service, or keys that name the service; where two overlap, the worse one holds', () => {
    expect(faultsOf(scenario)).toEqual([
      'user-service latency 2 30-45',
      'inventory-service latency 5 15-30',
      'inventory-service errors 0.2 15-30',
      'cart-service errors 0.3 30-45',
      'cart-service errors 0.1 45-50',
      'cart-service timeouts 0.15 30-40',
      'cart-service timeouts 0.25 40-50',
    ])
  })

  it('tell of what they do not understand', () => {
    expect(warnings.filter((line) => line.includes('simulated_conditions'))).toEqual([
      expect.stringMatching(
        /:96:28 \S+\[2\]\.simulated_conditions\.cart_mood: "mood" is not understood, and so without effect: known are/,
      ),
    ])
    expect(warnings.at(-1)).not.toContain('simulated')
  })

  const complaintOf = (conditions: unknown, failures?: unknown): string => {
    const custom_pattern = {
      duration_minutes: 2,
      concurrent_users: 1,
      simulated_conditions: conditions,
      simulated_failures: failures,
    }
    const file = fileOf(JSON.stringify({ custom_pattern }), 'f.json')
    return messageOf(() => loadScenario(file, { vocabulary })).replaceAll(file, 'f.json')
  }

  it('are refused with position where they state what cannot be, all at once', () => {
    const conditions = {
      inventory_service: { latency_multiplier: 0.5, latency_increase: 'lots' },
      cart_service: { eror_rate: 0.2, error_rate: '150%' },
      order_service: 7,
    }
    expect(complaintOf(conditions)).toBe(`\
f.json:1:128 custom_pattern.simulated_conditions.inventory_service.latency_multiplier: expected number from 1 to 1000 or text such as "5x", got 0.5
f.json:1:151 custom_pattern.simulated_conditions.inventory_service.latency_increase: expected percentage such as "+300%" or 3 for the same, got "lots"
f.json:1:175 custom_pattern.simulated_conditions.cart_service.eror_rate: "eror_rate" is not understood (did you mean "error_rate"?)
f.json:1:204 custom_pattern.simulated_conditions.cart_service.error_rate: expected share from 0 to 1 or percentage such as "15%", got "150%"
f.json:1:228 custom_pattern.simulated_conditions.order_service: expected map of effects or "normal", got 7`)
  })

  it('contradict each other where errors and timeouts are more than there can be', () => {
    expect(complaintOf({ cart_timeout_rate: 0.5 }, { cart_error_rate: '60%' })).toBe(
      'f.json:1:106 custom_pattern.simulated_conditions.cart_timeout_rate: contradicts ' +
        'custom_pattern.simulated_failures.cart_error_rate: errors and timeouts together take 1.1 of every request of ' +
        'cart-service, at most 1 is there',
    )
  })
})

describe('failure_timeline', () => {
  const { scenario, warnings } = load('stress-halves.json', 'cascade')

  it('makes a scenario of its own: the users all the time, with the mix of the baseline', () => {
    expect(scenario).toMatchObject({ name: 'cascade', accounts: 100, maxConcurrentUsers: 60 })
    expect(scenario.phases).toMatchObject([
      {
        name: 'cascade',
        startMs: 0,
        durationMs: 5_400_000,
        executor: { users: 60 },
        actions: { browse: 40, search: 20, cartAdd: 25, order: 15 },
      },
    ])
    const { quick_browsers, impulse_buyers } = scenario.phases[0]!.behaviors
    expect(quick_browsers! / impulse_buyers!).toBeCloseTo(3 / 2, 12)
  })

  it('is carried out by minute until the recovery', () => {
    expect(faultsOf(scenario)).toEqual([
      'user-service latency 1.5 55-60',
      'inventory-service errors 0.3 10-25',
      'cart-service latency 5 25-45',
      'order-service timeouts 0.2 45-60',
    ])
  })

  it('tells of events that it does not understand', () => {
    expect(warnings.filter((line) => line.includes('failure_timeline'))).toEqual([
      expect.stringContaining(
        'failure_timeline[4]: "deployment: a new version" is not understood as a failure',
      ),
    ])
  })

  it('is cut where the run ends, and says so', () => {
    const text = readFileSync(path.join(DIALECTS, 'stress-halves.json'), 'utf8')
      .replace('"test_duration_minutes": 90', '"test_duration_minutes": 30')
      .replace('"event": "full_recovery"', '"event": "cart_recovery"')
    const file = fileOf(text, 'f.json')
    const cut = loadScenario(file, { vocabulary, scenarioName: 'cascade' })
    expect(faultsOf(cut.scenario)).toEqual([
      'inventory-service errors 0.3 10-25',
      'cart-service latency 5 25-30',
    ])
    const told = cut.warnings.filter((line) => line.includes('failure_timeline'))
    expect(told.map((line) => line.replace(/^.*failure_timeline/, ''))).toEqual([
      '[1].duration_minutes: 20 goes on after the end of the run: cut to that',
      '[2].minute: 45 is not before the end of the run: no effect',
      '[3].minute: 55 is not before the end of the run: no effect',
      '[4].minute: 58 is not before the end of the run: no effect',
      '[5].minute: 60 is not before the end of the run: no effect',
    ])
  })
})
