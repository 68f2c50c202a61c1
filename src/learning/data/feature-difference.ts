/** Compares the features that data or a model was made with to those of today's observations. */
import { CONTEXT_FEATURES, INSTANCE_FEATURES } from '../../routing/index.ts'

/** What differs, in words; undefined if nothing does. Order counts: features are read by place. */
export function featureDifference(made: {
  readonly contextFeatures: readonly string[]
  readonly instanceFeatures: readonly string[]
}): string | undefined {
  return (
    differenceOf('contextFeatures', made.contextFeatures, CONTEXT_FEATURES) ??
    differenceOf('instanceFeatures', made.instanceFeatures, INSTANCE_FEATURES)
  )
}

function differenceOf(what: string, made: readonly string[], today: readonly string[]): string | undefined {
  const unknown = made.filter((name) => !today.includes(name))
  const missing = today.filter((name) => !made.includes(name))
  if (unknown.length > 0) return `${what}: ${unknown.join(', ')} not observed by this release`
  if (missing.length > 0) return `${what}: ${missing.join(', ')} missing`
  const place = today.findIndex((name, i) => name !== made[i])
  return place < 0 ? undefined : `${what}: expected ${today[place]} at place ${place}, got ${made[place]}`
}
