/** What decides, for tests of the log: a policy, one that has strategies, one with a shadow, and both at once. */
import type { Decider } from '../../src/experience/index.ts'

const STRATEGIES = ['least-loaded', 'the "other"', 'third']

export interface ToldDecider extends Decider {
  /** Makes it say something else of its next decision: numbers that follow from `pick`. */
  say(pick: number, count: number): void
}

export function deciderOf(id: string, { strategies = false, shadow = false } = {}): ToldDecider {
  const strategy = { names: STRATEGIES, index: 0, propensities: new Float64Array(STRATEGIES.length) }
  const other = {
    policy: { id: `shadow of "${id}"`, version: 's1' },
    index: 0,
    // Longer than the instances are many, as a policy's own may be.
    propensities: new Float64Array(8),
  }
  return {
    id,
    version: `v-${id}`,
    ...(strategies ? { strategy } : {}),
    ...(shadow ? { shadow: other } : {}),
    say(pick, count) {
      strategy.index = pick % STRATEGIES.length
      for (let i = 0; i < STRATEGIES.length; i++) strategy.propensities[i] = 2 ** -(1 + ((pick + i) % 4))
      other.index = (pick % (count + 1)) - 1
      other.propensities.fill(2 ** -(1 + (pick % 3)))
    },
  }
}

export const DECIDERS = [
  deciderOf('plain'),
  deciderOf('strategic', { strategies: true }),
  deciderOf('shadowed', { shadow: true }),
  deciderOf('both', { strategies: true, shadow: true }),
]
