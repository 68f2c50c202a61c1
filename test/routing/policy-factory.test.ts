import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/index.ts'
import { policies } from '../../src/routing/policies/index.ts'
import type { Policy } from '../../src/routing/policy.ts'
import { type PolicyExtension, policyFactory } from '../../src/routing/policy-factory.ts'
import { choose, observationOf } from './observation-of.ts'

const trained: Policy = { id: 'model:m', version: 'abc', choose: () => 0 }
const extension: PolicyExtension = (name) => (name === 'model:m' ? () => trained : undefined)

describe('policyFactory', () => {
  it.each([
    ['round-robin', 'round-robin'],
    ['peak-ewma', 'peak-ewma(decaySeconds=10)'],
    ['epsilon-greedy(epsilon=0.2,random)', 'epsilon-greedy(random, epsilon=0.2)'],
    // Without what does nothing.
    ['weighted-least-request(key=nginx)', 'weighted-least-request(key=nginx)'],
    ['backpressure(random, limit=fixed)', 'backpressure(random, limit=fixed, cap=200, allOut=shed)'],
    ['epsilon-greedy(random)', 'epsilon-greedy(random, epsilon=0.1)'],
    [
      'epsilon-greedy(epsilon-greedy(peak-ewma(decaySeconds=2)), epsilon=1)',
      'epsilon-greedy(epsilon-greedy(peak-ewma(decaySeconds=2), epsilon=0.1), epsilon=1)',
    ],
  ])('%s has the canonical id %s, which makes the same policy', (text, id) => {
    expect(policyFactory(text)('cart-service').id).toBe(id)
    expect(policyFactory(id)('cart-service').id).toBe(id)
  })

  it.each([
    [
      'round-robbin',
      `unknown policy "round-robbin" (did you mean "round-robin"?): use one of ${policies.names.join(', ')}`,
    ],
    ['peak-ewma(decay=3)', 'policy "peak-ewma" has no parameter "decay": it has decaySeconds'],
    [
      'peak-ewma(decaySecond=3)',
      'policy "peak-ewma" has no parameter "decaySecond" (did you mean "decaySeconds"?): it has decaySeconds',
    ],
    ['random(seed=3)', 'policy "random" has no parameter "seed": it has none'],
    ['epsilon-greedy(random, epsilon=1.5)', 'policy "epsilon-greedy": expected epsilon from 0 to 1, got 1.5'],
    [
      'epsilon-greedy(random, epsilon=-0.1)',
      'policy "epsilon-greedy": expected epsilon from 0 to 1, got -0.1',
    ],
    [
      'power-of-d-choices(d=2.5)',
      'policy "power-of-d-choices": expected d to be a whole number from 1 to 16, got 2.5',
    ],
    [
      'weighted-least-request(key=envoi)',
      'policy "weighted-least-request": expected key to be envoy or nginx or haproxy, got envoi (did you mean "envoy"?)',
    ],
    [
      'epsilon-greedy(epsilon=0.2)',
      'policy "epsilon-greedy" wraps 1 other policy, got 0: write for example "epsilon-greedy(least-outstanding, epsilon=0.1)"',
    ],
    [
      'epsilon-greedy(random, random)',
      'policy "epsilon-greedy" wraps 1 other policy, got 2: write for example "epsilon-greedy(least-outstanding, epsilon=0.1)"',
    ],
    [
      'circuit-breaker(random, mode=rate, failures=3)',
      'policy "circuit-breaker": failures does nothing with mode=rate: leave it out, or use mode=consecutive',
    ],
    [
      'circuit-breaker(random, minRequests=3)',
      'policy "circuit-breaker": minRequests does nothing with mode=consecutive: leave it out, or use mode=rate',
    ],
    [
      'backpressure(random, limit=fixed, start=3)',
      'policy "backpressure": start does nothing with limit=fixed: leave it out, or use limit=aimd or gradient2 or vegas or envoy',
    ],
    [
      'weighted-least-request(key=nginx, bias=2)',
      'policy "weighted-least-request": bias does nothing with key=nginx: leave it out, or use key=envoy',
    ],
    [
      'strategies(epsilon=0.2)',
      'policy "strategies": epsilon does nothing with choose=uniform: leave it out, or use choose=bandit',
    ],
    ['random(random)', 'policy "random" wraps 0 other policies, got 1: write for example "random"'],
    [
      'epsilon-greedy(randm)',
      `unknown policy "randm" (did you mean "random"?): use one of ${policies.names.join(', ')}`,
    ],
    ['model:m(random)', 'policy "model:m" takes nothing in brackets: write "model:m"'],
    ['model:m(epsilon=0.3)', 'policy "model:m" takes nothing in brackets: write "model:m"'],
  ])('%s is refused before any policy is made', (text, message) => {
    expect(() => policyFactory(text, extension)).toThrow(new UsageError(message))
  })

  it('asks the extension first, for wrapped policies too', () => {
    expect(policyFactory('model:m', extension)('cart-service')).toBe(trained)
    const exploring = policyFactory('epsilon-greedy(model:m, epsilon=0.3)', extension)('cart-service')
    expect(exploring).toMatchObject({ id: 'epsilon-greedy(model:m, epsilon=0.3)', version: '1/abc' })
  })

  it('gives every service a policy with a state of its own', () => {
    const factory = policyFactory('epsilon-greedy(round-robin, epsilon=0)')
    const [cart, order] = [factory('cart-service'), factory('order-service')]
    const observation = observationOf({ inFlight: [0, 0] })
    const next = (policy: Policy) => choose(policy, observation, () => 0.5).index
    expect([next(cart), next(cart), next(order), next(cart)]).toEqual([0, 1, 0, 0])
  })
})
