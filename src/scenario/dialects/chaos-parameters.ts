/** `chaos_parameters` of a pattern: how much its phase departs from its own plan. */
import { z } from 'zod'
import type { Variability } from '../scenario.ts'
import { rate, rateOf } from './trouble.ts'

const variance = rate.default(0)

export const chaosSchema = z
  .looseObject({
    concurrent_user_variance: variance,
    think_time_variance: variance,
    action_randomness: variance,
  })
  .prefault({})

export function variabilityOf(chaos: z.infer<typeof chaosSchema>): Variability {
  return {
    users: rateOf(chaos.concurrent_user_variance),
    thinkTime: rateOf(chaos.think_time_variance),
    actions: rateOf(chaos.action_randomness),
  }
}
