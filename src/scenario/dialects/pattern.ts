/** `traffic_patterns[]`: each becomes a phase. */
import { z } from 'zod'
import { heldUsers } from '../executor.ts'
import { text, weight } from '../fields.ts'
import { formatPath } from '../problems.ts'
import { normalizedShares, sumOf } from '../resolve-phases.ts'
import type { Action, ActionMix, Phase } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import { minutesToMs, secondsToMs } from '../units.ts'
import { chaosSchema, variabilityOf } from './chaos-parameters.ts'
import type { ForeignFile } from './foreign-file.ts'
import { backgroundLoad, serviceLoadSchema } from './service-load.ts'

const ACTION_OF_WEIGHT = {
  browse_weight: 'browse',
  search_weight: 'search',
  cart_weight: 'cartAdd',
  order_weight: 'order',
  profile_weight: 'profile',
} as const satisfies Record<string, Action>

export const patternSchema = z.looseObject({
  name: text.optional(),
  start_minute: z.number().min(0).optional(),
  duration_minutes: z.number().positive(),
  intensity: text.default('medium'),
  concurrent_users: z.int().positive(),
  user_behavior_distribution: z
    .record(z.string(), weight)
    .refine((shares) => sumOf(shares) > 0, 'map with at least one share above 0')
    .optional(),
  scenario_weights: z
    .looseObject({
      browse_weight: weight.optional(),
      search_weight: weight.optional(),
      cart_weight: weight.optional(),
      order_weight: weight.optional(),
      profile_weight: weight.optional(),
    })
    .default({}),
  service_load_characteristics: serviceLoadSchema.default({}),
  chaos_parameters: chaosSchema,
  // Their grammar is no schema's: see simulated-conditions.ts.
  simulated_failures: z.unknown().optional(),
  simulated_conditions: z.unknown().optional(),
})
export type Pattern = z.infer<typeof patternSchema>

/**
 * Overlapping patterns run at the same time and a start that is missing is the end of the pattern before.
 *
 * @param paths where each pattern stands
 * @param everyone the behaviours of a pattern that names none, in equal shares
 */
export function phasesOf(
  file: ForeignFile,
  patterns: readonly Pattern[],
  paths: readonly FieldPath[],
  everyone: readonly string[],
): Phase[] {
  const names = distinctNames(patterns)
  let previousEndMs = 0
  return patterns.map((pattern, index) => {
    const path = paths[index]!
    const startMs = pattern.start_minute === undefined ? previousEndMs : minutesToMs(pattern.start_minute)
    const durationMs = minutesToMs(pattern.duration_minutes)
    previousEndMs = startMs + durationMs
    const actions = actionsOf(pattern)
    return {
      name: names[index]!,
      startMs,
      durationMs,
      executor: { kind: 'constant-users', users: pattern.concurrent_users, rampUpMs: 0 },
      gracefulStopMs: null,
      intensity: pattern.intensity,
      // Its think times already state the load that the intensity names.
      pace: 1,
      behaviors: sharesOf(file, pattern, path, everyone),
      ...(actions && { actions }),
      variability: variabilityOf(pattern.chaos_parameters),
      backgroundLoad: backgroundLoad(pattern.service_load_characteristics, (key) =>
        file.markUnused(`${formatPath(path).replace(/\[\d+\]$/, '[*]')}.service_load_characteristics.${key}`),
      ),
    }
  })
}

/** The phases that start first grow for so long, but not longer than they last. */
export function withRampUp(phases: readonly Phase[], seconds: number): Phase[] {
  const firstStartMs = Math.min(...phases.map((phase) => phase.startMs))
  return phases.map((phase) => {
    if (phase.startMs !== firstStartMs) return phase
    const rampUpMs = Math.min(secondsToMs(seconds), phase.durationMs)
    return { ...phase, executor: { kind: 'constant-users', users: heldUsers(phase.executor), rampUpMs } }
  })
}

function sharesOf(
  file: ForeignFile,
  pattern: Pattern,
  path: FieldPath,
  everyone: readonly string[],
): Record<string, number> {
  const shares = pattern.user_behavior_distribution
  if (shares === undefined) return normalizedShares(Object.fromEntries(everyone.map((name) => [name, 1])))
  const sum = sumOf(shares)
  if (Math.abs(sum - 1) > 1e-6) {
    const text = `shares sum to ${Number(sum.toPrecision(6))}, scaled to 1`
    file.warn([...path, 'user_behavior_distribution'], text)
  }
  return normalizedShares(shares)
}

function actionsOf(pattern: Pattern): ActionMix | undefined {
  const weights = Object.entries(ACTION_OF_WEIGHT).flatMap(([field, action]) => {
    const value = pattern.scenario_weights[field as keyof typeof ACTION_OF_WEIGHT] ?? 0
    return value > 0 ? [[action, value] as const] : []
  })
  return weights.length === 0 ? undefined : Object.fromEntries(weights)
}

/** Phases need names of their own: the second `wave` becomes `wave-2`. */
function distinctNames(patterns: readonly Pattern[]): string[] {
  const taken = new Set<string>()
  return patterns.map((pattern, index) => {
    const wanted = pattern.name ?? `pattern-${index + 1}`
    let name = wanted
    for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`
    taken.add(name)
    return name
  })
}
