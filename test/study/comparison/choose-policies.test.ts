import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import {
  expandPolicies,
  kindOf,
  oraclesOf,
  requirePolicies,
  resolvePolicy,
  splitPolicies,
} from '../../../src/study/index.ts'
import { smallScenario } from '../../shop/small-scenario.ts'

describe('splitPolicies', () => {
  it.each([
    ['c3', ['c3']],
    ['c3, peak-ewma ,random', ['c3', 'peak-ewma', 'random']],
    ['epsilon-greedy(c3, epsilon=0.1),model:logs/a', ['epsilon-greedy(c3, epsilon=0.1)', 'model:logs/a']],
    ['a(b(c, d), e),f', ['a(b(c, d), e)', 'f']],
    [' , ,', []],
  ])('takes "%s" apart', (text, expected) => {
    expect(splitPolicies(text)).toEqual(expected)
  })
})

describe('expandPolicies', () => {
  const all = expandPolicies(['all'], smallScenario)

  it('has those of the scenario first, then what else a balancer could go by, each once', () => {
    const { policies } = smallScenario.evaluation
    expect(all.slice(0, policies.length)).toEqual(policies)
    expect(new Set(all).size).toBe(all.length)
    expect(all).toEqual(expect.arrayContaining(['c3', 'prequal', 'join-idle-queue', 'random']))
    for (const text of all) expect(kindOf(text)).toBe('heuristic')
  })

  it('leaves out what is made for other ends or is another one, and weights where there are none', () => {
    for (const name of ['strategies', 'consistent-hash', 'power-of-d-choices', 'weighted-random'])
      expect(all).not.toContain(name)
    const { services } = smallScenario.shop
    const weighted = {
      ...services['user-service'],
      weights: services['user-service'].speeds.map((_, i) => i + 1),
    }
    const shop = { ...smallScenario.shop, services: { ...services, 'user-service': weighted } }
    expect(expandPolicies(['all'], { ...smallScenario, shop })).toContain('weighted-random')
  })

  it('keeps what is named beside it', () => {
    expect(expandPolicies(['model:a', 'all'], smallScenario)).toEqual(['model:a', ...all])
  })

  it('has nothing that cannot be resolved', () => {
    for (const text of all) expect(() => resolvePolicy(text)).not.toThrow()
  })
})

describe('kindOf', () => {
  it.each([
    ['c3', 'heuristic'],
    ['circuit-breaker(c3)', 'heuristic'],
    ['least-work-left', 'oracle'],
    ['circuit-breaker(least-added-delay)', 'oracle'],
    ['model:logs/a', 'model'],
    ['circuit-breaker(model:logs/a)', 'model'],
    ['learned', 'model'],
    ['best (of three)', 'model'],
  ])('%s is a %s', (text, kind) => {
    expect(kindOf(text)).toBe(kind)
  })

  it('has an oracle with a breaker where something may fail', () => {
    expect(oraclesOf({ faults: [], chaos: [] })).toEqual(['least-added-delay'])
    const faults = [{} as (typeof smallScenario)['faults'][number]]
    expect(oraclesOf({ faults, chaos: [] })).toEqual([
      'least-added-delay',
      'circuit-breaker(least-added-delay)',
    ])
  })
})

describe('requirePolicies', () => {
  it('says what is wrong before anything is replayed', () => {
    expect(() => requirePolicies([])).toThrow(UsageError)
    expect(() => requirePolicies(['c3', 'leastoutstanding'])).toThrow(/did you mean "least-outstanding"/)
    expect(() => requirePolicies(['model:/nowhere'])).toThrow(/model.json: cannot be read/)
  })
})
