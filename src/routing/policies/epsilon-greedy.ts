/**
 * Epsilon-greedy over any policy: with probability epsilon a uniform draw over the eligible instances, else what
 * the inner policy says. The exploring logger: every eligible instance keeps a propensity of at least
 * epsilon / N, which is what off-policy estimates need. Where the inner policy sheds the request, so does this one.
 */
import type { Random } from '../../core/index.ts'
import { countEligible, nthEligible } from '../choosing/eligible.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { WrappedPolicy } from '../wrapping/wrapped-policy.ts'

export const epsilonGreedy: PolicyDeclaration = {
  name: 'epsilon-greedy',
  summary: 'a uniform draw with probability epsilon, else the wrapped policy',
  parameters: [{ name: 'epsilon', default: 0.1, min: 0, max: 1, summary: 'share of uniform draws' }],
  wraps: 1,
  create: (id, { epsilon }, [inner]) => new EpsilonGreedy(id, epsilon!, inner!),
}

class EpsilonGreedy extends WrappedPolicy {
  readonly #epsilon: number

  constructor(id: string, epsilon: number, inner: Policy) {
    super(id, '1', inner)
    this.#epsilon = epsilon
  }

  override choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible } = observation
    // The inner policy always decides, so that its own state does not depend on the coin.
    const greedy = this.inner.choose(observation, random, propensities)
    if (greedy === -1) return -1
    const candidates = countEligible(eligible, count)
    const uniform = this.#epsilon / candidates
    for (let i = 0; i < count; i++) {
      propensities[i] = eligible[i]! * uniform + (1 - this.#epsilon) * propensities[i]!
    }
    if (random() >= this.#epsilon) return greedy
    return nthEligible(eligible, Math.floor(random() * candidates))
  }
}
