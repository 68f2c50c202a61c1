import { describe, expect, it } from 'vitest'
import type { Policy, PolicyOutcome } from '../../../src/routing/policy.ts'
import { type PolicyExtension, policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf, scripted, UNTOLD } from '../observation-of.ts'

const observation = observationOf({ inFlight: [4, 0, 2] })

function exploring(text: string, extension?: PolicyExtension): Policy {
  return policyFactory(text, extension)('cart-service')
}

describe('epsilon-greedy', () => {
  it.each([
    ['0.2 over 3', 'least-outstanding', 0.2, [1, 1, 1], [0.2 / 3, 0.8 + 0.2 / 3, 0.2 / 3]],
    ['0.2 over the 2 that are left', 'least-outstanding', 0.2, [1, 0, 1], [0.1, 0, 0.9]],
    ['never', 'least-outstanding', 0, [1, 1, 1], [0, 1, 0]],
    ['always', 'least-outstanding', 1, [1, 1, 1], [1 / 3, 1 / 3, 1 / 3]],
    ['over a random one', 'power-of-two-choices', 0.3, [1, 1, 1], [0.1, 0.1 + (0.7 * 2) / 3, 0.1 + 0.7 / 3]],
    ['of itself', 'epsilon-greedy(least-outstanding, epsilon=0.5)', 0.5, [1, 1, 1], [0.25, 0.5, 0.25]],
  ])('mixes the uniform and the wrapped distribution: %s', (_, inner, epsilon, eligible, expected) => {
    const policy = exploring(`epsilon-greedy(${inner}, epsilon=${epsilon})`)
    const { propensities } = choose(policy, observationOf({ inFlight: [4, 0, 2], eligible }), () => 0.5)
    for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
  })

  it.each([
    ['explores just below epsilon', [0.1999, 0.99], 2],
    ['is greedy from epsilon on', [0.2], 1],
  ])('%s', (_, draws, index) => {
    const policy = exploring('epsilon-greedy(least-outstanding, epsilon=0.2)')
    expect(choose(policy, observation, scripted(...draws)).index).toBe(index)
  })

  it('lets the wrapped policy decide even when it explores, so that its turn does not depend on the coin', () => {
    const policy = exploring('epsilon-greedy(round-robin, epsilon=0.5)')
    const explored = choose(policy, observation, scripted(0.4, 0))
    const greedy = choose(policy, observation, scripted(0.6))
    expect([explored.index, greedy.index]).toEqual([0, 1])
  })

  it('sheds what the wrapped policy sheds, and draws nothing for it', () => {
    const policy = exploring('epsilon-greedy(shedder, epsilon=0.5)', (name) =>
      name === 'shedder'
        ? () => ({
            id: 'shedder',
            version: '1',
            choose: (_observation, _random, propensities) => {
              propensities.fill(0)
              return -1
            },
          })
        : undefined,
    )
    expect(choose(policy, observation, scripted())).toEqual({ index: -1, propensities: [0, 0, 0] })
  })

  it('is an oracle, and asks for probes, exactly if the wrapped policy is and does', () => {
    const plain = exploring('epsilon-greedy(random)')
    expect([plain.needsTruth, plain.probes, plain.onOutcome]).toEqual([undefined, undefined, undefined])
    expect(exploring('epsilon-greedy(least-work-left)').needsTruth).toBe(true)
    expect(exploring('epsilon-greedy(prequal)').probes).toBeTypeOf('function')
  })

  it('passes outcomes on, and carries the version of what it wraps', () => {
    const heard: PolicyOutcome[] = []
    const wrapped: Policy = {
      id: 'model:m',
      version: 'abc',
      choose: () => 0,
      onOutcome: (one) => heard.push(one),
    }
    const policy = exploring('epsilon-greedy(model:m)', (name) =>
      name === 'model:m' ? () => wrapped : undefined,
    )
    const outcome: PolicyOutcome = { instance: 1, nowMs: 5, latencyMs: 4, failed: false, ...UNTOLD }
    policy.onOutcome!(outcome)
    expect(heard).toEqual([outcome])
    expect(policy.version).toBe('1/abc')
  })
})
