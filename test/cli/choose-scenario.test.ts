import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { chooseScenario, override } from '../../src/cli/choose-scenario.ts'
import { ConfigError, UsageError } from '../../src/core/index.ts'
import { DIALECTS, fileOf, MINIMAL } from '../scenario/scenario-files.ts'

const FILE = fileOf(MINIMAL)

function nameOf(...[choice]: Parameters<typeof chooseScenario>): string {
  return chooseScenario(choice).scenario.name
}

describe('chooseScenario', () => {
  it('runs the validation scenario when nothing is said', () => {
    expect(nameOf({})).toBe('validation')
  })

  it('takes a mode as the name of a shipped scenario', () => {
    expect(nameOf({ mode: 'comprehensive' })).toBe('comprehensive')
  })

  it('takes a file, a shipped name, or a file as the name, with or without --mode custom', () => {
    for (const mode of [undefined, 'custom']) {
      expect(nameOf({ mode, config: FILE })).toBe('tiny')
      expect(nameOf({ mode, scenario: 'comprehensive' })).toBe('comprehensive')
      expect(nameOf({ mode, scenario: FILE })).toBe('tiny')
    }
  })

  it('finds a scenario by its name in a file with several', () => {
    const config = path.join(DIALECTS, 'stress-halves.json')
    expect(nameOf({ config, scenario: 'chaos' })).toContain('chaos')
    expect(() => nameOf({ config, scenario: 'chaso' })).toThrow(ConfigError)
  })

  it('does not let a mode and a file contradict each other', () => {
    expect(() => nameOf({ mode: 'validation', config: FILE })).toThrow(/use --mode custom with --config/)
    expect(() => nameOf({ mode: 'comprehensive', scenario: 'validation' })).toThrow(UsageError)
    expect(() => nameOf({ mode: 'custom' })).toThrow('add --config FILE or --scenario NAME')
  })

  it('does not know a scenario, but one like it', () => {
    expect(() => nameOf({ scenario: 'comprehensiv' })).toThrow(
      /\(did you mean "comprehensive"\?\): use one of /,
    )
  })
})

describe('override', () => {
  const loaded = chooseScenario({ config: FILE })

  it('changes nothing when no flag is given', () => {
    expect(override(loaded, {})).toEqual(loaded)
  })

  it('puts each flag in its place and leaves what was loaded alone', () => {
    const before = structuredClone(loaded)
    const flags = { seed: 0, world: 'live', policy: 'random', algorithm: 'cql' } as const
    const { scenario } = override(loaded, flags)
    expect(scenario).toEqual({
      ...loaded.scenario,
      seed: 0,
      world: 'live',
      routing: { ...loaded.scenario.routing, policy: 'random' },
      training: { algorithm: 'cql' },
    })
    expect(loaded).toEqual(before)
  })

  it('leaves thresholds aside that the one phase has nothing to measure for, and says so', () => {
    const smoke = chooseScenario({ scenario: 'api-smoke' })
    const only = override(smoke, { phase: 'one-by-one' })
    const kept = only.scenario.thresholds.map(({ metric }) => metric)
    expect(kept).toContain('errorRate{journey:buy}')
    expect(kept).not.toContain('p95LatencyMs{kind:read,load:steady}')
    expect(kept).not.toContain('rate(refusals)')
    expect(only.warnings).toEqual([
      'threshold p95LatencyMs{kind:read,load:steady} < 500 is left aside: phase "one-by-one" has nothing to measure for it',
      'threshold rate(refusals) >= 1 is left aside: phase "one-by-one" has nothing to measure for it',
    ])
    const both = override(smoke, { phase: 'steady' })
    expect([both.scenario.thresholds, both.warnings]).toEqual([smoke.scenario.thresholds, []])
  })

  it('asks no closed loop for dropped starts', () => {
    const threshold = { metric: 'droppedRate', operator: '<', limit: 0.1 } as const
    const executors = chooseScenario({ scenario: 'executors' })
    const asking = { ...executors, scenario: { ...executors.scenario, thresholds: [threshold] } }
    expect(override(asking, { phase: 'few-users' }).scenario.thresholds).toEqual([])
    for (const phase of ['three-each', 'in-bursts']) {
      expect(override(asking, { phase }).scenario.thresholds).toEqual([threshold])
    }
  })

  it('lets a core spin for the sake of precision in real time only', () => {
    const { client } = loaded.scenario
    const precise = override(loaded, { precise: true, world: 'live' }).scenario.client
    expect(precise).toEqual({ ...client, scheduler: 'precise' })
    expect(override(loaded, { world: 'live' }).scenario.client).toEqual(client)
    expect(() => override(loaded, { precise: true, world: 'virtual' })).toThrow(
      '--precise is about real time, and the world is virtual: leave it away, or add --world live',
    )
  })

  it('refuses a policy that does not exist', () => {
    expect(() => override(loaded, { policy: 'randon' })).toThrow(/did you mean "random"/)
  })
})

describe('how instances of another balancer are told apart', () => {
  const plain = chooseScenario({ config: FILE })
  const captured = chooseScenario({
    config: fileOf(`${MINIMAL}capture: { instanceHeader: X-A, instances: { cart: [one, two] } }\n`),
  })

  it('is not said unless a flag or the scenario says it', () => {
    expect('capture' in override(plain, {}).scenario).toBe(false)
    expect(override(captured, {}).scenario.capture).toEqual(captured.scenario.capture)
  })

  it('can be said by flags alone', () => {
    expect(override(plain, { instanceHeader: 'X-Upstream' }).scenario.capture).toEqual({
      instanceHeader: 'x-upstream',
      instanceCookie: null,
      instances: {},
      estimatePropensities: false,
      prometheus: null,
      admin: null,
    })
    const flags = { instanceCookie: 'SERVERID', estimatePropensities: true }
    expect(override(plain, flags).scenario.capture).toMatchObject({ ...flags, instanceHeader: null })
  })

  it('is said by flags rather than by the scenario, which still says the rest', () => {
    expect(
      override(captured, { instanceHeader: 'X-B', estimatePropensities: true }).scenario.capture,
    ).toMatchObject({
      instanceHeader: 'x-b',
      estimatePropensities: true,
      instances: { 'cart-service': { one: 'one', two: 'two' } },
    })
  })

  it('is refused if it cannot be', () => {
    expect(() => override(plain, { instanceHeader: 'X Upstream' })).toThrow(
      '--instance-header: expected a name such as X-Upstream, got "X Upstream"',
    )
    expect(() => override(plain, { instanceCookie: 'a=b' })).toThrow('--instance-cookie: expected a name')
    expect(() => override(plain, { estimatePropensities: true })).toThrow(UsageError)
  })
})
