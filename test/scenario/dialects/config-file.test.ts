import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../../src/scenario/index.ts'
import { vocabulary } from '../../../src/study/index.ts'
import { DIALECTS, fileOf, messageOf } from '../scenario-files.ts'
import { shopperOf } from '../shopper-of.ts'

function load(file: string, scenarioName?: string) {
  return loadScenario(path.join(DIALECTS, file), { vocabulary, ...(scenarioName && { scenarioName }) })
}

describe('profiles in probability style', () => {
  const { scenario, warnings, source } = load('probability-profiles.json', 'working_day')

  it('become a virtual scenario with the settings of the file', () => {
    expect(source.dialect).toBe('training-config')
    expect(scenario).toMatchObject({
      name: 'working_day',
      world: 'virtual',
      accounts: 85,
      maxConcurrentUsers: 85,
      client: { timeoutMs: 12_000 },
      shop: { pollMs: 5000 },
      thresholds: [],
    })
    expect(scenario.products[0]).toMatchObject({ sku: 'TENT-001', price: 249.5, popularity: 0.9 })
    expect(scenario.addresses).toHaveLength(1)
  })

  it('turn patterns into phases that overlap, the first with the ramp-up', () => {
    const [morning, noon] = scenario.phases
    expect(morning).toEqual({
      name: 'morning',
      startMs: 0,
      durationMs: 1_200_000,
      executor: { kind: 'constant-users', users: 40, rampUpMs: 90_000 },
      gracefulStopMs: null,
      intensity: 'very_high',
      pace: 1,
      behaviors: { lookers: 0.75, takers: 0.25 },
      variability: { users: 0, thinkTime: 0, actions: 0 },
      actions: { browse: 50, search: 20, cartAdd: 20, order: 8, profile: 2 },
      backgroundLoad: {
        'user-service': 0.3,
        'inventory-service': 0.45,
        'cart-service': 0.15,
        'order-service': 0.05,
        'payment-service': 0,
      },
    })
    expect(noon).toMatchObject({
      startMs: 600_000,
      executor: { rampUpMs: 0 },
      actions: { browse: 10, cartAdd: 30 },
    })
  })

  it('turn profiles into behaviours, with the think time of the file where they have none', () => {
    expect(scenario.behaviors.lookers).toEqual({
      kind: 'shopper',
      name: 'lookers',
      description: '',
      sessionMinutes: [2, 8],
      pagesPerSession: [6, 20],
      thinkTimeSeconds: [0.2, 1.5],
      conversionRate: 0.05,
      cartAbandonmentRate: 0.85,
      cartSize: [1, 3],
      actions: { browse: 0.3, search: 0.7, product: 0.6, cartAdd: 0.15, order: 0.1 },
      mistakes: {
        invalidSku: 0.012,
        invalidToken: 0.0075,
        expiredToken: 0.0045,
        missingToken: 0.003,
        invalidQuantity: 0.0045,
        negativeQuantity: 0.003,
        emptyCartOrder: 0.003,
        invalidAddress: 0.0045,
      },
    })
    // Hints that are missing have the predecessor's defaults; 80 % orders leave room for 20 % left carts.
    expect(scenario.behaviors.takers).toMatchObject({
      thinkTimeSeconds: [2, 4],
      actions: { browse: 0.5, search: 0.4, cartAdd: 0.2, order: 0.1 },
      cartAbandonmentRate: 0.2,
    })
  })

  it('tell of every change and of every field without effect', () => {
    const file = path.join(DIALECTS, 'probability-profiles.json')
    const rts = 'rl_training_scenarios'
    const day = `${rts}.training_scenarios.working_day`
    expect(warnings.map((warning) => warning.replace(file, 'f.json'))).toEqual([
      `f.json:7:19 ${rts}.base_config.base_url: "http://shop.test:8080/proxy" is not contacted by itself: --target says what is loaded`,
      `f.json:98:34 ${rts}.user_behavior_profiles.takers.cart_abandonment_rate: 0.5 leaves too few sessions for conversion_rate 0.8: lowered to 0.2`,
      `f.json:19:24 ${day}.total_users: 50 is below 85, the most users that the patterns hold at once: raised to 85`,
      `f.json:21:33 ${day}.max_concurrent_users: 70 is below 85, the most users that the patterns hold at once: raised to 85`,
      `f.json:20:34 ${day}.test_duration_minutes: 60 is stated, but the last pattern ends at minute 30, and so does the run`,
      `f.json: these fields have no effect: ${[
        `${rts}.base_config.retry_attempts`,
        `${rts}.base_config.retry_delay`,
        `${rts}.base_config.session_duration_minutes`,
        `${rts}.base_config.connection_pool_size`,
        `${rts}.enhanced_test_products[*].inventory_complexity`,
        `${rts}.user_behavior_profiles.*.mobile_usage_probability`,
        `${rts}.user_behavior_profiles.*.flash_sale_attraction_probability`,
        `${rts}.error_simulation_config.error_scenarios.network_errors.dns_failure_rate`,
        `${rts}.rl_training_data_collection`,
        `${rts}.load_balancer_routing_strategies`,
      ].join(', ')}`,
    ])
  })

  it('need a scenario to be named where there are several', () => {
    const file = path.join(DIALECTS, 'probability-profiles.json')
    expect(messageOf(() => load('probability-profiles.json'))).toBe(
      `${file}: has 2 scenarios; name one of them: working_day, short_peak`,
    )
    expect(messageOf(() => load('probability-profiles.json', 'short_paek'))).toBe(
      `${file}: has no scenario "short_paek" (did you mean "short_peak"?); it has: working_day, short_peak`,
    )
  })

  it('can do with little: a scenario without totals', () => {
    const { scenario: peak } = load('probability-profiles.json', 'short_peak')
    expect(peak).toMatchObject({ accounts: 9, maxConcurrentUsers: 9, shop: { pollMs: 1000 } })
    expect(peak.phases[0]).not.toHaveProperty('actions')
    expect(Object.keys(peak.behaviors)).toEqual(['lookers'])
  })
})

describe('profiles in action style', () => {
  const { scenario, warnings } = load('action-profiles.json')
  const text = warnings.join('\n')

  it('are read as they stand', () => {
    expect(scenario.behaviors.quick_browsers).toMatchObject({
      thinkTimeSeconds: [0.5, 1],
      actions: { browse: 0.8, cartAdd: 0.15, order: 0.05 },
      mistakes: {},
    })
  })

  it('may be missing where the predecessor or this package knows them', () => {
    expect(scenario.behaviors.background_user).toMatchObject({ pagesPerSession: [1, 3] })
    expect(scenario.behaviors.careful_shoppers).toMatchObject({ name: 'careful_shoppers', cartSize: [2, 4] })
    expect(text).toContain('careful_shoppers: the file does not define careful_shoppers: our careful-shopper')
  })

  it('have shares scaled to 1, names made distinct and the ramp-up cut to the phase', () => {
    expect(scenario.phases.map(({ name }) => name)).toEqual(['wave', 'wave-2'])
    expect(scenario.phases[0]!.behaviors.quick_browsers).toBeCloseTo(0.75, 12)
    expect(scenario.phases[0]!.executor).toMatchObject({ rampUpMs: 60_000 })
    expect(scenario.phases[1]).not.toHaveProperty('actions')
    expect(text).toContain('user_behavior_distribution: shares sum to 1.2, scaled to 1')
    expect(text).toContain('ramp_up_time_seconds: longer than wave lasts: cut to that')
  })

  it('name fields that another field of the file overrides', () => {
    expect(warnings.at(-1)).toMatch(
      /no effect: \S+profiles\.\*\.search_probability, \S+\.think_time_min, \S+\.think_time_max$/,
    )
  })
})

describe('the stress half', () => {
  it('comes second in the look-up, and its shadowed scenarios have a longer name', () => {
    expect(load('stress-halves.json', 'flash_sale').scenario.phases[0]!.executor).toMatchObject({ users: 25 })
    const { scenario, source } = load('stress-halves.json', 'extreme_load_scenarios.flash_sale')
    expect(source.dialect).toBe('stress-config')
    expect(scenario.phases[0]!.executor).toMatchObject({ users: 30 })
    // The client of its own half, the profiles and products of the other.
    expect(scenario.client.timeoutMs).toBe(20_000)
    expect(shopperOf(scenario, 'impulse_buyers').cartSize).toEqual([1, 4])
    expect(scenario.products.map(({ sku }) => sku)).toEqual(['PHONE-001'])
  })

  it.each([
    ['rl_training_scenarios.flash_sale', 25],
    ['stress_test_scenarios.extreme_load_scenarios.flash_sale', 30],
    ['failure_recovery_scenarios.cascade', 60],
  ])('has scenarios that go by where they stand as well: %s', (name, users) => {
    expect(load('stress-halves.json', name).scenario.phases[0]!.executor).toMatchObject({ users })
  })

  it('may state service levels instead of load words, which have no effect', () => {
    const { scenario, warnings } = load('stress-halves.json', 'chaos')
    expect(scenario.phases[0]!.backgroundLoad).toEqual({})
    expect(warnings.at(-1)).toContain('traffic_patterns[*].service_load_characteristics.user_service')
  })

  it('has scenarios of failure and recovery, told by their timeline; what else stands there has no effect', () => {
    const { warnings } = load('stress-halves.json', 'chaos')
    expect(warnings.at(-1)).toContain('stress_test_scenarios.failure_recovery_scenarios.runbook')
    expect(warnings.at(-1)).not.toContain('cascade')
    expect(messageOf(() => load('stress-halves.json'))).toMatch(
      /name one of them: flash_sale, extreme_load_scenarios.flash_sale, degradation, chaos, cascade$/,
    )
  })

  it('lets its waves vary, and makes room for the most that they can hold', () => {
    const { scenario, warnings } = load('stress-halves.json', 'chaos')
    expect(scenario.phases[0]!.variability).toEqual({ users: 0.3, thinkTime: 0.5, actions: 0.2 })
    expect(scenario).toMatchObject({ accounts: 104, maxConcurrentUsers: 104 })
    expect(warnings.at(-1)).toContain('chaos_parameters.seasonality')
  })
})

describe('a broken foreign file', () => {
  const complaintOf = (edit: (content: string) => string) => {
    const content = edit(readFileSync(path.join(DIALECTS, 'action-profiles.json'), 'utf8'))
    const file = fileOf(content, 'f.json')
    return messageOf(() => loadScenario(file, { vocabulary })).replaceAll(file, 'f.json')
  }

  it('gets messages of the same kind as one of ours, all at once', () => {
    const complaint = complaintOf((content) =>
      content
        .replace('"request_timeout": 8', '"request_timeout": "8s"')
        .replace('"concurrent_users": 4', '"concurrent_users": -4')
        .replace('"user_service_load": "low"', '"user_service_load": "lo"')
        .replace('[0.5, 1.0]', '[1.0, 0.5]'),
    )
    const pattern = 'rl_training_scenarios.training_scenarios.two_minutes.traffic_patterns[0]'
    expect(complaint).toBe(`\
f.json:5:26 rl_training_scenarios.base_config.request_timeout: expected number above 0, got "8s"
f.json:22:33 ${pattern}.concurrent_users: expected integer above 0, got -4
f.json:25:68 ${pattern}.service_load_characteristics.user_service_load: expected one of "very_low", "low", "medium", "high", "very_high", "extreme" or map of service levels, got "lo" (did you mean "low"?)
f.json:44:29 rl_training_scenarios.user_behavior_profiles.quick_browsers.think_time_range: expected pair [low, high] with low <= high, got [1, 0.5]`)
  })

  it('is told of profiles that nobody knows', () => {
    expect(complaintOf((content) => content.replace('"background_user"', '"quick_browser"'))).toMatch(
      /^f\.json:33:\d+ \S+user_behavior_distribution\.quick_browser: unknown profile \(did you mean "quick_browsers"\?\)$/,
    )
  })

  it('may hold no scenario at all', () => {
    const file = fileOf('{"rl_training_scenarios": {"base_config": {}}}', 'f.json')
    expect(messageOf(() => loadScenario(file, { vocabulary }))).toBe(
      `${file}:1:27 rl_training_scenarios: expected training_scenarios or extreme_load_scenarios with at least one ` +
        'scenario, got none',
    )
  })
})
