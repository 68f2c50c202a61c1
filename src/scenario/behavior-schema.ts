/** The fields of a behaviour file, declared once: validation, messages and documentation read them here. */
import { z } from 'zod'
import { actionMix, rangeOf, share, text } from './fields.ts'
import { isRoomForAll, MISTAKES } from './mistakes.ts'

const behaviorFields = {
  description: text.describe('Who these users are, in one line.'),
  sessionMinutes: rangeOf(z.number().positive()).describe(
    'Length of a session in minutes; it ends earlier when its pages are used up.',
  ),
  pagesPerSession: rangeOf(z.int().positive()).describe('Pages of a session at medium intensity.'),
  thinkTimeSeconds: rangeOf(z.number().min(0)).describe(
    'Pause after every page, in seconds, at medium intensity.',
  ),
  conversionRate: share.describe('Share of sessions that place at least one order.'),
  cartAbandonmentRate: share.describe(
    'Share of sessions with something in the cart that end without an order.',
  ),
  cartSize: rangeOf(z.int().positive()).describe('Items in the cart at checkout.'),
  actions: actionMix.describe('Weight of each action on a page; an action that is not named has weight 0.'),
  mistakes: z
    .partialRecord(z.enum(MISTAKES), share)
    .refine(isRoomForAll, 'map in which the mistakes of one action sum to at most 1')
    .default({})
    .describe('Probability, per action to which it applies, of each deliberate mistake.'),
}

/** A behaviour where its key already is its name: inside a scenario. */
export const inlineBehaviorSchema = z.strictObject(behaviorFields)

/** A file of its own, `behaviors/<name>.yaml`. */
export const behaviorFileSchema = z.strictObject({
  name: text.describe('Name by which scenarios call it; the file is named after it.'),
  ...behaviorFields,
})
