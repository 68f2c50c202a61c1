import path from 'node:path'
import { expect, it } from 'vitest'
import { loadScenario } from '../../../src/scenario/index.ts'
import { vocabulary } from '../../../src/study/index.ts'
import { DIALECTS, fileOf, messageOf } from '../scenario-files.ts'

it('a pattern becomes a scenario of one phase', () => {
  const { scenario, warnings, source } = loadScenario(path.join(DIALECTS, 'fragment-pattern.json'), {
    vocabulary,
  })
  expect(source.dialect).toBe('fragment')
  expect(scenario).toMatchObject({ name: 'weekend_sale', accounts: 12, maxConcurrentUsers: 12 })
  expect(scenario.phases).toHaveLength(1)
  expect(scenario.phases[0]).toMatchObject({
    durationMs: 1_800_000,
    executor: { users: 12 },
    backgroundLoad: {},
  })
  expect(scenario.behaviors.eager_buyers).toMatchObject({ conversionRate: 0.8 })
  expect(scenario.behaviors.bulk_buyers).toMatchObject({ name: 'bulk_buyers', cartSize: [5, 12] })
  expect(warnings).toEqual([
    expect.stringContaining('our bulk-buyer stands in'),
    expect.stringMatching(/these fields have no effect: note$/),
  ])
})

it('profiles alone get a phase of five minutes and ten users', () => {
  const { scenario, warnings } = loadScenario(path.join(DIALECTS, 'fragment-profile.json'), { vocabulary })
  expect(warnings).toEqual([])
  expect(scenario.name).toBe('fragment-profile')
  expect(scenario.phases[0]).toMatchObject({
    durationMs: 300_000,
    executor: { users: 10 },
    behaviors: { weekend_shoppers: 1 },
  })
})

it('a pattern that names no profiles shares its users among the stand-ins', () => {
  const file = fileOf('{"custom_pattern": {"duration_minutes": 1, "concurrent_users": 3}}', 'f.json')
  const { scenario } = loadScenario(file, { vocabulary, scenarioName: 'f' })
  expect(scenario.phases[0]!.behaviors).toEqual({
    quick_browsers: 0.25,
    careful_shoppers: 0.25,
    bulk_buyers: 0.25,
    impulse_buyers: 0.25,
  })
})

it('a broken fragment is told where', () => {
  const file = fileOf(
    '{"custom_pattern": {"duration_minutes": 0}, "p": {"pages_per_session": "3-5"}}',
    'f.json',
  )
  expect(messageOf(() => loadScenario(file, { vocabulary })).replaceAll(file, 'f.json')).toBe(`\
f.json:1:20 custom_pattern.concurrent_users: expected integer above 0, got nothing
f.json:1:41 custom_pattern.duration_minutes: expected number above 0, got 0
f.json:1:72 p.pages_per_session: expected pair [low, high] with low <= high, got "3-5"`)
})

it('what a pattern says to be wrong is wrong all the time, and its chaos acts', () => {
  const pattern = {
    duration_minutes: 2,
    concurrent_users: 10,
    simulated_failures: { payment_service_error_rate: '15%' },
    chaos_parameters: { concurrent_user_variance: '20%' },
  }
  const file = fileOf(JSON.stringify({ custom_pattern: pattern }), 'f.json')
  const { scenario } = loadScenario(file, { vocabulary })
  expect(scenario.faults).toMatchObject([
    { kind: 'errors', startMs: 0, durationMs: 120_000, parameters: { rate: 0.15, status: 500 } },
  ])
  expect(scenario).toMatchObject({ maxConcurrentUsers: 12, accounts: 12 })
})
