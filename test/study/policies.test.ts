import { describe, expect, it } from 'vitest'
import { LearningError, UsageError } from '../../src/core/index.ts'
import { loadScenario, shippedScenarios } from '../../src/scenario/index.ts'
import { settingsSchema } from '../../src/scenario/settings-schema.ts'
import { modelPolicy, resolvePolicy, vocabulary } from '../../src/study/index.ts'

describe('resolvePolicy', () => {
  it('makes a policy of its own for every service', () => {
    const factory = resolvePolicy('epsilon-greedy(power-of-two-choices, epsilon=0.2)')
    expect(factory('cart-service')).not.toBe(factory('cart-service'))
    expect(factory('cart-service').id).toContain('epsilon-greedy')
  })

  it('refuses what is neither listed nor a model', () => {
    expect(() => resolvePolicy('round-robbin')).toThrow(UsageError)
    expect(() => resolvePolicy('round-robbin')).toThrow('did you mean "round-robin"')
  })

  it('refuses a model that is not there, and says how to get one', () => {
    expect(() => resolvePolicy('model:missing')).toThrow(LearningError)
    expect(() => resolvePolicy(modelPolicy('logs/missing'))).toThrow(/logs\/missing/)
  })

  it('refuses one inside another policy as well', () => {
    expect(() => resolvePolicy('epsilon-greedy(model:missing, epsilon=0.1)')).toThrow(LearningError)
  })
})

describe('vocabulary', () => {
  it.each(['round-robin', 'least-outstanding', 'epsilon-greedy(peak-ewma, epsilon=0.05)'])(
    'finds nothing wrong with %s',
    (text) => {
      expect(vocabulary.checkPolicy(text)).toBeUndefined()
    },
  )

  it.each([
    ['nonsense', /unknown policy "nonsense"/],
    ['round-robin(', /expected/],
    ['epsilon-greedy(random, epsilon=2)', /expected epsilon from 0 to 1, got 2/],
    ['epsilon-greedy(epsilon=0.1)', /wraps 1 other policy/],
    ['model:missing', /missing/],
    ['', /expected a policy name/],
  ])('says what is wrong with "%s"', (text, complaint) => {
    expect(vocabulary.checkPolicy(text)).toMatch(complaint)
  })

  it('knows the defaults of a scenario', () => {
    const { routing, evaluation, training } = settingsSchema.parse({})
    for (const policy of [routing.policy, ...evaluation.policies]) {
      expect(vocabulary.checkPolicy(policy), policy).toBeUndefined()
    }
    expect(vocabulary.algorithms).toContain(training.algorithm)
  })

  it.each(shippedScenarios())('is enough for the shipped scenario $name', ({ file, name }) => {
    expect(loadScenario(file, { vocabulary }).scenario.name).toBe(name)
  })
})
