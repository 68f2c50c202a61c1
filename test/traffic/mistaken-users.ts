/** Users who make one kind of mistake, at every occasion at which it can be made. */
import type { CallStep } from '../../src/core/index.ts'
import { MISTAKES_AT, type Mistake, type Occasion, type ShopperBehavior } from '../../src/scenario/index.ts'
import { BUYING, CALM } from './session-run.ts'

const OCCASION_OF: Readonly<Record<string, Occasion>> = {
  register: 'register',
  browse: 'browse',
  search: 'signedIn',
  product: 'product',
  profile: 'signedIn',
  cartAdd: 'cartAdd',
  cartRemove: 'signedIn',
  order: 'order',
}
/** Here the mistake comes before the right request, and elsewhere in its place. */
const BEFORE = ['register', 'order']

/** Settings of a behaviour of users who make the mistake at this rate. */
export function erring(mistake: Mistake, rate: number): Partial<ShopperBehavior> {
  const mistakes = { [mistake]: rate }
  if (mistake === 'emptyCartOrder') return { ...CALM, actions: { order: 1 }, mistakes }
  const actions = { browse: 1, search: 1, product: 1, profile: 1, cartAdd: 1, cartRemove: 1 }
  return { ...BUYING, pagesPerSession: [12, 12], cartSize: [6, 6], actions, mistakes }
}

/** Whether the mistake was made or could have been. */
export function isOpportunity({ name, mistake: made }: CallStep, mistake: Mistake): boolean {
  if (mistake === 'emptyCartOrder') return name === 'order' || name === 'product'
  const occasion = OCCASION_OF[name]
  if (occasion === undefined || (made !== undefined && BEFORE.includes(name))) return false
  return (MISTAKES_AT[occasion] as readonly Mistake[]).includes(mistake)
}
