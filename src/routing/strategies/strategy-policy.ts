/** A policy on the level of strategies around anything that weighs them, such as a learned model. */

import { Strategies } from '../policies/strategies.ts'
import type { Policy } from '../policy.ts'
import { policyFactory } from '../policy-factory.ts'
import { STRATEGIES } from './strategies.ts'
import type { StrategyChooser } from './strategy-chooser.ts'

/** @param id canonical text of the whole */
export function strategyPolicy(id: string, service: string, chooser: StrategyChooser): Policy {
  const parts = STRATEGIES.map(({ policy }) => policyFactory(policy)(service))
  return new Strategies(id, parts, chooser)
}
