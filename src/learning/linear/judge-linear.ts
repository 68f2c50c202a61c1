/** What linear scorers would have earned on logged decisions: see `../estimators/off-policy-value.ts`. */
import type { RecordedData } from '../data/recorded-data.ts'
import { JudgedDecisions } from '../estimators/judged-decisions.ts'
import type { OffPolicyValue } from '../estimators/off-policy-value.ts'
import type { LinearPolicy } from './linear-policy.ts'
import { LoggedObservations } from './logged-observations.ts'

/** @param policies by index of the log's services */
export function judgeLinear({ log, split }: RecordedData, policies: readonly LinearPolicy[]): OffPolicyValue {
  const judged = new JudgedDecisions()
  const observations = new LoggedObservations(log)
  let propensities = new Float64Array(8)
  for (const row of split.validation) {
    const observation = observations.of(row)
    if (propensities.length < observation.count) propensities = new Float64Array(2 * observation.count)
    const policy = policies[log.service[row]!]!
    const fallbacks = policy.fallbacks
    policy.choose(observation, firstOfTies, propensities)
    judged.add(
      propensities[log.chosen[row]!]!,
      log.propensity[row]!,
      log.reward[row]!,
      policy.fallbacks > fallbacks,
    )
  }
  return judged.value()
}

/** Only the probabilities are looked at, not what is drawn. */
const firstOfTies = (): number => 0
