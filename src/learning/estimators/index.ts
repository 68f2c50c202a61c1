/** The off-policy estimators, by name: one file and one line here each. */
import { Registry } from '../../core/index.ts'
import { directMethod } from './direct-method.ts'
import { doublyRobust } from './doubly-robust.ts'
import type { OffPolicyEstimator } from './estimator.ts'
import { fittedQEvaluation } from './fqe.ts'
import { importanceSampling } from './is.ts'
import { perDecisionImportanceSampling } from './pdis.ts'
import { selfNormalisedPropensityScore } from './snips.ts'
import { weightedDoublyRobust } from './weighted-doubly-robust.ts'
import { weightedImportanceSampling } from './wis.ts'
import { weightedPerDecisionImportanceSampling } from './wpdis.ts'

export const estimators = new Registry<OffPolicyEstimator>('estimator', [
  doublyRobust,
  weightedDoublyRobust,
  importanceSampling,
  perDecisionImportanceSampling,
  weightedImportanceSampling,
  weightedPerDecisionImportanceSampling,
  selfNormalisedPropensityScore,
  directMethod,
  fittedQEvaluation,
])

/** Names of those that differ from one another: with one decision per trajectory several are the same. */
export function usualEstimators(horizon: number): string[] {
  const twins = horizon === 1 ? ['pdis', 'wis', 'wpdis', 'fqe'] : ['snips']
  return estimators.names.filter((name) => !twins.includes(name))
}
