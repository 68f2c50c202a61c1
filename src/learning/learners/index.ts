/** The learners, by name: one file and one line here each. */
import { Registry } from '../../core/index.ts'
import { networkLearner } from '../networks/network-learner.ts'
import type { NetworkRule } from '../networks/network-rule.ts'
import { tabularLearner } from '../tabular/tabular-learner.ts'
import type { TabularRule } from '../tabular/tabular-rule.ts'
import { behaviourCloning } from './behaviour-cloning.ts'
import { cql } from './cql.ts'
import { discreteBcq } from './discrete-bcq.ts'
import { discreteCql } from './discrete-cql.ts'
import { doubleQ } from './double-q.ts'
import { dqn } from './dqn.ts'
import { fittedQIteration } from './fitted-q-iteration.ts'
import type { Learner } from './learner.ts'
import { linearQ } from './linear-q.ts'
import { monteCarlo } from './monte-carlo.ts'
import { nStep } from './n-step.ts'
import { policySearch } from './policy-search.ts'
import { qLearning } from './q-learning.ts'
import { sarsaLambda } from './sarsa-lambda.ts'
import { valueIteration } from './value-iteration.ts'

/** Those that fill a table. */
export const tabularRules: readonly TabularRule[] = [
  behaviourCloning,
  monteCarlo,
  qLearning,
  doubleQ,
  nStep,
  sarsaLambda,
  cql,
  fittedQIteration,
  valueIteration,
]

/** Those that train a network. */
export const networkRules: readonly NetworkRule[] = [dqn, discreteCql, discreteBcq]

export const learners = new Registry<Learner>('learner', [
  ...tabularRules.map(tabularLearner),
  linearQ,
  policySearch,
  ...networkRules.map(networkLearner),
])
