/**
 * One scenario of a foreign file: its totals, its patterns and its failure timeline. A scenario with a timeline alone
 * (the predecessor's `failure_recovery_scenarios`) gets one pattern: its users all the time, with the mix and the
 * weights of the baseline of the same file.
 */
import { z } from 'zod'
import type { FieldPath } from '../source-document.ts'
import { timelineMinutes, timelineSchema } from './failure-timeline.ts'
import type { ForeignFile } from './foreign-file.ts'
import { type Pattern, patternSchema } from './pattern.ts'

const planSchema = z.looseObject({
  description: z.string().default(''),
  total_users: z.int().positive().optional(),
  test_duration_minutes: z.number().positive().optional(),
  max_concurrent_users: z.int().positive().optional(),
  ramp_up_time_seconds: z.number().min(0).default(0),
  data_collection_interval_seconds: z.number().min(0.01).optional(),
  traffic_patterns: z.array(patternSchema).min(1),
  failure_timeline: timelineSchema.optional(),
})
export type ForeignPlan = z.infer<typeof planSchema>
const timelineOnlySchema = planSchema.omit({ traffic_patterns: true }).required({ failure_timeline: true })

/** `normal_baseline` of `service_degradation_simulation`. */
const BASELINE_MIX = { careful_shoppers: 0.4, quick_browsers: 0.3, impulse_buyers: 0.2, bulk_buyers: 0.1 }
const BASELINE_WEIGHTS = { browse_weight: 40, search_weight: 20, cart_weight: 25, order_weight: 15 }
const DEFAULT_USERS = 10

/** @param profiles that the file defines or that stand in for them */
export function readPlan(
  file: ForeignFile,
  path: FieldPath,
  profiles: readonly string[],
): ForeignPlan | undefined {
  const keys = file.document.keysAt(path)
  if (keys.includes('traffic_patterns') || !keys.includes('failure_timeline')) {
    return file.read(path, planSchema)
  }
  const plan = file.read(path, timelineOnlySchema)
  return plan && { ...plan, traffic_patterns: [baseline(String(path.at(-1)), plan, profiles)] }
}

function baseline(
  name: string,
  plan: z.infer<typeof timelineOnlySchema>,
  profiles: readonly string[],
): Pattern {
  const mix = Object.entries(BASELINE_MIX).filter(([profile]) => profiles.includes(profile))
  return patternSchema.parse({
    name,
    start_minute: 0,
    duration_minutes: plan.test_duration_minutes ?? Math.max(1, timelineMinutes(plan.failure_timeline)),
    concurrent_users: plan.max_concurrent_users ?? plan.total_users ?? DEFAULT_USERS,
    scenario_weights: BASELINE_WEIGHTS,
    ...(mix.length > 0 && { user_behavior_distribution: normalized(mix) }),
  })
}

function normalized(mix: readonly (readonly [string, number])[]): Record<string, number> {
  const sum = mix.reduce((total, [, share]) => total + share, 0)
  return Object.fromEntries(mix.map(([profile, share]) => [profile, share / sum]))
}
