/** `user_behavior_profiles`: each becomes a behaviour. Two styles: hints per probability, and weights per action. */
import { z } from 'zod'
import { isConsistent } from '../conversion.ts'
import { rangeOf, share, weight } from '../fields.ts'
import { formatPath } from '../problems.ts'
import type { Action, ActionMix, Range, ShopperBehavior } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'

const minutes = rangeOf(z.number().positive())
const count = rangeOf(z.int().positive())

/** Field of the probability style, its action, and the weight that the predecessor assumes. */
const HINTS = [
  ['category_browse_probability', 'browse', 0.5],
  ['search_probability', 'search', 0.3],
  ['product_detail_view_probability', 'product', 0],
  ['add_to_cart_probability', 'cartAdd', 0.2],
  ['checkout_probability', 'order', 0.1],
] as const satisfies readonly (readonly [string, Action, number])[]

const ACTION_OF_NAME = {
  browse: 'browse',
  search: 'search',
  product: 'product',
  cart: 'cartAdd',
  order: 'order',
  profile: 'profile',
} as const satisfies Record<string, Action>

export const profileSchema = z.looseObject({
  description: z.string().optional(),
  session_duration_minutes: minutes.optional(),
  session_duration_range: minutes.optional(),
  think_time_range: rangeOf(z.number().min(0)).optional(),
  pages_per_session: count.default([3, 10]),
  conversion_rate: share.default(0.1),
  cart_abandonment_rate: share.optional(),
  average_cart_size: count.default([1, 3]),
  action_probabilities: z
    .looseObject({
      browse: weight.optional(),
      search: weight.optional(),
      product: weight.optional(),
      cart: weight.optional(),
      order: weight.optional(),
      profile: weight.optional(),
    })
    .optional(),
  category_browse_probability: share.optional(),
  search_probability: share.optional(),
  product_detail_view_probability: share.optional(),
  add_to_cart_probability: share.optional(),
  checkout_probability: share.optional(),
})
export type Profile = z.infer<typeof profileSchema>

const DEFAULT_SESSION_MINUTES: Range = [5, 15]
const DEFAULT_THINK_TIME_SECONDS: Range = [1, 3]
/** Where neither rate leaves room for it, less. */
const DEFAULT_ABANDONMENT = 0.7

export interface ProfileDefaults {
  readonly thinkTimeSeconds: Range | undefined
  readonly mistakes: ShopperBehavior['mistakes']
}

/** @param path where the profile stands */
export function behaviorOf(
  file: ForeignFile,
  path: FieldPath,
  profile: Profile,
  defaults: ProfileDefaults,
): ShopperBehavior {
  markShadowed(file, path, profile)
  return {
    kind: 'shopper',
    name: String(path.at(-1)),
    description: profile.description ?? '',
    sessionMinutes:
      profile.session_duration_minutes ?? profile.session_duration_range ?? DEFAULT_SESSION_MINUTES,
    pagesPerSession: profile.pages_per_session,
    thinkTimeSeconds: profile.think_time_range ?? defaults.thinkTimeSeconds ?? DEFAULT_THINK_TIME_SECONDS,
    conversionRate: profile.conversion_rate,
    cartAbandonmentRate: abandonmentOf(file, path, profile),
    cartSize: profile.average_cart_size,
    actions: actionsOf(file, path, profile),
    mistakes: defaults.mistakes,
  }
}

/** Fields that another field of the same profile overrides have no effect. */
function markShadowed(file: ForeignFile, path: FieldPath, profile: Profile): void {
  const shadowed = [
    ...(profile.session_duration_minutes ? ['session_duration_range' as const] : []),
    ...(profile.action_probabilities ? HINTS.map(([field]) => field) : []),
  ]
  const profiles = formatPath([...path.slice(0, -1), '*'])
  for (const field of shadowed) if (profile[field] !== undefined) file.markUnused(`${profiles}.${field}`)
}

function actionsOf(file: ForeignFile, path: FieldPath, profile: Profile): ActionMix {
  const named = profile.action_probabilities
  const weights = named
    ? Object.entries(ACTION_OF_NAME).map(([name, action]) => [
        action,
        named[name as keyof typeof ACTION_OF_NAME] ?? 0,
      ])
    : HINTS.map(([field, action, assumed]) => [action, profile[field] ?? assumed])
  const present = weights.filter(([, value]) => Number(value) > 0)
  if (present.length === 0) {
    const place = named ? [...path, 'action_probabilities'] : path
    file.problems.add(
      file.document,
      place,
      'expected at least one weight above 0 among the actions, got none',
    )
  }
  return Object.fromEntries(present) as ActionMix
}

function abandonmentOf(file: ForeignFile, path: FieldPath, profile: Profile): number {
  const { conversion_rate: conversion, cart_abandonment_rate: stated } = profile
  const most = Number((1 - conversion).toPrecision(12))
  if (stated === undefined) return Math.min(DEFAULT_ABANDONMENT, most)
  if (isConsistent(conversion, stated)) return stated
  file.warn(
    [...path, 'cart_abandonment_rate'],
    `${stated} leaves too few sessions for conversion_rate ${conversion}: lowered to ${most}`,
  )
  return most
}
