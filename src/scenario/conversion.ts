/** The one rule that binds two rates of a behaviour. */
import { validOrUndefined } from './check-schema.ts'
import { share } from './fields.ts'
import type { Problems } from './problems.ts'
import type { FieldPath, SourceDocument } from './source-document.ts'

/**
 * Of the sessions with a cart, 1 - cartAbandonmentRate order; so conversionRate / (1 - cartAbandonmentRate) of all
 * sessions have a cart, and that cannot be more than all.
 */
export function checkConversion(document: SourceDocument, base: FieldPath, problems: Problems): void {
  const conversion = validOrUndefined(share, document.at([...base, 'conversionRate']))
  const abandonment = validOrUndefined(share, document.at([...base, 'cartAbandonmentRate']))
  if (conversion === undefined || abandonment === undefined || isConsistent(conversion, abandonment)) return
  const most = Number((1 - abandonment).toPrecision(6))
  problems.add(
    document,
    [...base, 'conversionRate'],
    `expected at most ${most}, the share of sessions that is left to order when ${abandonment} of those with a ` +
      `cart abandon it, got ${conversion}`,
  )
}

/** Whether so many sessions can order when so many of those with a cart abandon it. */
export function isConsistent(conversionRate: number, cartAbandonmentRate: number): boolean {
  return conversionRate <= 1 - cartAbandonmentRate + 1e-9
}
