/** The fields of a behaviour file, declared once: validation, messages and documentation read them here. */
import { z } from 'zod'
import { actionMix, rangeOf, share, text } from './fields.ts'
import { flowFields, tagsSchema } from './flow/flow-schema.ts'
import { isRoomForAll, MISTAKES } from './mistakes.ts'

const shopperFields = {
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
  tags: tagsSchema.describe('Tags of all its requests, for reports and thresholds.'),
}

/** A shopper where its key already is its name: inside a scenario. */
export const inlineShopperSchema = z.strictObject(shopperFields)
export type ShopperFile = z.infer<typeof inlineShopperSchema>

/** A file of its own, `behaviors/<name>.yaml`. */
export const shopperFileSchema = z.strictObject({
  name: text.describe('Name by which scenarios call it; the file is named after it.'),
  ...shopperFields,
})

/** Whether a behaviour with these keys is a flow: it has requests, or at least nothing that only a shopper has. */
export function isFlow(keys: readonly string[]): boolean {
  if (keys.includes('requests')) return true
  const unknown = keys.some((key) => key !== 'name' && !(key in shopperFields))
  return unknown && !keys.some((key) => key in shopperFields && !(key in flowFields))
}
