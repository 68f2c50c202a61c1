/** Oracles: policies that see what no balancer can, to show how much a policy without that sight leaves to be had. */
import { UsageError } from '../core/index.ts'
import type { Observation, Policy, Truth } from './policy.ts'

/** What an oracle sees. @throws Error where the world has not filled it in */
export function truthOf({ truth, service }: Observation, policy: string): Truth {
  if (truth !== undefined) return truth
  throw new Error(`policy "${policy}" of ${service} was asked to decide without the truth it needs`)
}

/**
 * For whatever is not the virtual world.
 *
 * @throws UsageError if the policy, or one that it wraps, is an oracle
 */
export function refuseOracles(policy: Policy): void {
  if (policy.needsTruth !== true) return
  throw new UsageError(
    `policy "${policy.id}" is an oracle: it knows true speeds and sizes, which exist in the virtual world only; ` +
      'use --world virtual, or a policy that a balancer can have (loadgen list policies)',
  )
}
