import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { ConfigError } from '../../src/core/index.ts'
import { ADDRESSES, loadScenario, PRODUCTS, SERVICES, scenarioHash } from '../../src/scenario/index.ts'
import { fileOf, folderOf, MINIMAL, messageOf, vocabulary } from './scenario-files.ts'
import { shopperOf } from './shopper-of.ts'

function load(content: string) {
  return loadScenario(fileOf(content), { vocabulary })
}

describe('a native scenario', () => {
  it('needs little: everything else has a default', () => {
    const { scenario, warnings, source } = load(MINIMAL)
    expect(source.dialect).toBe('native')
    expect(warnings).toEqual([])
    expect(scenario).toMatchObject({
      world: 'virtual',
      seed: 1,
      timeScale: 1,
      maxConcurrentUsers: 4,
      client: { timeoutMs: 10_000 },
      routing: { policy: 'epsilon-greedy(power-of-two-choices, epsilon=0.2)' },
      shop: { workScale: 1, hopMs: 0.5, pollMs: 1000 },
      reward: { targetLatencyMs: 200, weights: { latency: 1, error: 5, throughput: 0.1 } },
      thresholds: [],
      training: { algorithm: 'policy-search' },
      evaluation: { seeds: 5 },
    })
    expect(scenario.products).toEqual(PRODUCTS)
    expect(scenario.addresses).toEqual(ADDRESSES)
    expect(Object.keys(scenario.shop.services)).toEqual([...SERVICES])
    expect(scenario.phases).toEqual([
      {
        name: 'only',
        startMs: 0,
        durationMs: 120_000,
        executor: { kind: 'constant-users', users: 4, rampUpMs: 0 },
        gracefulStopMs: null,
        intensity: 'medium',
        pace: 1,
        behaviors: { 'quick-browser': 1 },
        backgroundLoad: {},
        variability: { users: 0, thinkTime: 0, actions: 0 },
      },
    ])
    expect(Object.keys(scenario.behaviors)).toEqual(['quick-browser'])
  })

  it('resolves the units, names and defaults of a full file', () => {
    const { scenario } = load(`
name: full
description: Everything at once
accounts: 100
phases:
  - name: a
    durationMinutes: 1.5
    users: 20
    rampUpSeconds: 0.25
    intensity: very-high
    behaviors: { quick-browser: 0.3333333, own: 0.6666666 }
    actions: { browse: 3, cartAdd: 1 }
    backgroundLoad: { cart: 0.2, payment-service: 0.1 }
  - { name: b, durationMinutes: 1, sessionsPerSecond: 0.5, intensity: 12, behaviors: { own: 1 } }
  - { name: c, startMinute: 1, durationMinutes: 1, users: 5, behaviors: { own: 1, bulk-buyer: 0 } }
behaviors:
  own:
    description: Its own kind
    sessionMinutes: [1, 1]
    pagesPerSession: [1, 3]
    thinkTimeSeconds: [0, 0.5]
    conversionRate: 0
    cartAbandonmentRate: 1
    cartSize: [1, 1]
    actions: { browse: 1 }
shop:
  pollSeconds: 0.5
  services: { cart: { speeds: [2] }, order-service: { workers: 8, weights: [5, 1, 0.5] } }
client: { timeoutSeconds: 2.5 }
thresholds:
  p95LatencyMs: < 500
  checkRate: '>= 0.99'
`)
    expect(scenario.phases.map(({ startMs, durationMs }) => [startMs, durationMs])).toEqual([
      [0, 90_000],
      [90_000, 60_000],
      [60_000, 60_000],
    ])
    const [a, b, c] = scenario.phases
    expect(a).toMatchObject({ executor: { rampUpMs: 250 }, intensity: 'very-high', pace: 4 })
    expect(a!.behaviors['quick-browser']! + a!.behaviors.own!).toBeCloseTo(1, 15)
    expect(a!.backgroundLoad).toEqual({ 'cart-service': 0.2, 'payment-service': 0.1 })
    expect(b).toMatchObject({ intensity: '12', pace: 12 })
    expect(b!.executor).toEqual({ kind: 'poisson-arrivals', sessionsPerSecond: 0.5, rampUpMs: 0 })
    expect(c!.behaviors).toEqual({ own: 1 })
    expect(Object.keys(scenario.behaviors)).toEqual(['quick-browser', 'own'])
    expect(scenario.behaviors.own).toMatchObject({ name: 'own', mistakes: {} })
    // An open loop may gather any number of users, so only the accounts bound them.
    expect(scenario.maxConcurrentUsers).toBe(100)
    expect(scenario.shop.services['cart-service']).toEqual({
      speeds: [2],
      workers: 2,
      queueLimit: 64,
      discipline: 'fcfs',
    })
    expect(scenario.shop.services['order-service']).toMatchObject({
      workers: 8,
      queueLimit: 64,
      weights: [5, 1, 0.5],
    })
    expect(scenario.shop.pollMs).toBe(500)
    expect(scenario.client.timeoutMs).toBe(2500)
    expect(scenario.thresholds).toEqual([
      { metric: 'p95LatencyMs', operator: '<', limit: 500 },
      { metric: 'checkRate', operator: '>=', limit: 0.99 },
    ])
  })

  it('prefers behaviours in the folder beside its own to the shipped ones', () => {
    const own = (name: string, pages: string) =>
      `{ name: ${name}, description: d, sessionMinutes: [1, 2], pagesPerSession: ${pages}, thinkTimeSeconds: [1, 2],
         conversionRate: 0, cartAbandonmentRate: 0, cartSize: [1, 1], actions: { browse: 1 } }`
    const folder = folderOf({
      'scenarios/s.yaml': MINIMAL.replace('quick-browser: 1', 'quick-browser: 0.5, local: 0.5'),
      'behaviors/quick-browser.yaml': own('quick-browser', '[77, 77]'),
      'behaviors/local.yaml': own('local', '[88, 88]'),
    })
    const { scenario } = loadScenario(path.join(folder, 'scenarios/s.yaml'), { vocabulary })
    expect(shopperOf(scenario, 'quick-browser').pagesPerSession).toEqual([77, 77])
    expect(shopperOf(scenario, 'local').pagesPerSession).toEqual([88, 88])
  })

  it('warns of a behaviour that no phase uses', () => {
    const inline = `behaviors:
  idle: { description: d, sessionMinutes: [1, 2], pagesPerSession: [1, 2], thinkTimeSeconds: [1, 2],
    conversionRate: 0, cartAbandonmentRate: 0, cartSize: [1, 1], actions: { browse: 1 } }`
    const { scenario, warnings } = load(MINIMAL + inline)
    expect(warnings).toEqual([expect.stringContaining('behaviours that no phase uses: idle')])
    expect(scenario.behaviors).not.toHaveProperty('idle')
  })

  it('must have the name that is asked for', () => {
    const file = fileOf(MINIMAL)
    expect(loadScenario(file, { vocabulary, scenarioName: 'tiny' }).scenario.name).toBe('tiny')
    expect(messageOf(() => loadScenario(file, { vocabulary, scenarioName: 'tinny' }))).toBe(
      `${file}: has no scenario "tinny" (did you mean "tiny"?); it has: tiny`,
    )
  })
})

describe('the hash of a scenario', () => {
  const phase = fc.record({
    durationMinutes: fc.integer({ min: 1, max: 600 }).map((tenths) => tenths / 10),
    users: fc.integer({ min: 1, max: 50 }),
    intensity: fc.oneof(fc.constantFrom('low', 'medium', 'extreme'), fc.integer({ min: 1, max: 20 })),
    behaviors: fc.constantFrom({ 'bulk-buyer': 1 }, { 'quick-browser': 0.25, 'chaos-user': 0.75 }),
  })
  const scenarioFile = fc.record({
    name: fc.stringMatching(/^[a-z][a-z-]{0,8}$/),
    description: fc.string({ minLength: 1 }),
    seed: fc.nat(),
    phases: fc
      .array(phase, { minLength: 1, maxLength: 4 })
      .map((phases) => phases.map((fields, index) => ({ name: `phase-${index}`, ...fields }))),
    accounts: fc.integer({ min: 50, max: 1000 }),
  })
  const hashOf = (content: string) => scenarioHash(load(content).scenario)

  it('is the same for YAML and JSON, and whatever the order of the fields', () => {
    fc.assert(
      fc.property(scenarioFile, (file) => {
        const reversed = Object.fromEntries(Object.entries(file).reverse())
        const hash = hashOf(stringify(file))
        expect(hash).toMatch(/^[0-9a-f]{64}$/)
        expect(hashOf(JSON.stringify(file, null, '\t'))).toBe(hash)
        expect(hashOf(stringify(reversed))).toBe(hash)
      }),
      { numRuns: 40 },
    )
  })

  it('is the same when a default is written out, and another when a value changes', () => {
    const hash = hashOf(MINIMAL)
    expect(hashOf(`${MINIMAL}\nworld: virtual\nclient: { timeoutSeconds: 10 }\nmaxConcurrentUsers: 4`)).toBe(
      hash,
    )
    expect(hashOf(`${MINIMAL}\nclient: { timeoutSeconds: 11 }`)).not.toBe(hash)
  })
})

describe('a file that cannot be read', () => {
  it('is named, with the nearest file beside it', () => {
    const folder = folderOf({ 'peak.yaml': MINIMAL })
    const file = path.join(folder, 'paek.yaml')
    expect(() => loadScenario(file, { vocabulary })).toThrow(ConfigError)
    expect(messageOf(() => loadScenario(file, { vocabulary }))).toBe(
      `${file}: no such file (did you mean "peak.yaml"?)`,
    )
  })

  it('may be a directory', () => {
    const folder = folderOf({ 'a.yaml': MINIMAL, 'notes.txt': '' })
    expect(messageOf(() => loadScenario(folder, { vocabulary }))).toBe(
      `${folder}: is a directory; name a file in it: a.yaml`,
    )
  })

  it('may be empty, or hold comments only', () => {
    for (const content of ['', '# nothing yet\n']) {
      const file = fileOf(content)
      expect(messageOf(() => loadScenario(file, { vocabulary }))).toBe(
        `${file}:1:1: expected a map of fields, got an empty file`,
      )
    }
  })

  it('may hold something else than a map', () => {
    const file = fileOf('- 1\n- 2\n')
    expect(messageOf(() => loadScenario(file, { vocabulary }))).toBe(`${file}:1:1: expected map, got [1, 2]`)
  })
})
