/** The instance that the logger chose most often, always: the laziest opponent, which a policy must beat to be worth anything. */
import type { Policy, PolicyFactory } from '../../routing/index.ts'
import type { RecordedDecisions } from './recorded-decisions.ts'

/** Of every service; where it may not be chosen, all others alike. */
export function majorityAction({ log }: RecordedDecisions): PolicyFactory {
  const counts = new Map<string, number[]>()
  for (let row = 0; row < log.length; row++) {
    const service = log.services[log.service[row]!]!
    let own = counts.get(service)
    if (own === undefined) counts.set(service, (own = []))
    const instance = log.instance[row]!
    own[instance] = (own[instance] ?? 0) + 1
  }
  return (service) => majorityPolicy(mostFrequent(counts.get(service) ?? []))
}

function mostFrequent(counts: readonly number[]): number {
  let best = 0
  for (let i = 1; i < counts.length; i++) if ((counts[i] ?? 0) > (counts[best] ?? 0)) best = i
  return best
}

/** Judged by its probabilities only: it never draws. */
function majorityPolicy(instance: number): Policy {
  return {
    id: 'majority-action',
    version: '1',
    choose: ({ count, eligible }, _random, propensities) => {
      propensities.fill(0, 0, count)
      if (eligible[instance] === 1) {
        propensities[instance] = 1
        return instance
      }
      let candidates = 0
      for (let i = 0; i < count; i++) candidates += eligible[i]!
      for (let i = 0; i < count; i++) propensities[i] = eligible[i]! / candidates
      return eligible.indexOf(1)
    },
  }
}
