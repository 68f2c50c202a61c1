import { describe, expect, it } from 'vitest'
import { ACTIONS, type ActionMix } from '../../src/scenario/index.ts'
import { runSession } from './session-run.ts'

const PAGES = 20_000
const LOOKS = ['browse', 'search', 'product', 'profile'] as const

/** Pages of a shopper who only looks, by action. */
function pagesOf(
  actions: ActionMix,
  phaseActions?: ActionMix,
  anything = 0,
): Record<(typeof LOOKS)[number], number> {
  const run = runSession({
    behavior: { actions, pagesPerSession: [PAGES, PAGES], sessionMinutes: [1e6, 1e6] },
    phase: {
      ...(phaseActions && { actions: phaseActions }),
      variability: { users: 0, thinkTime: 0, actions: anything },
    },
  })
  const counts = { browse: 0, search: 0, product: 0, profile: 0 }
  for (const action of run.actions.slice(2)) counts[action as (typeof LOOKS)[number]]++
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(PAGES)
  return counts
}

/** A shopper who only looks sees a product where others would touch the cart or order. */
function expectedShares(mix: ActionMix): Record<(typeof LOOKS)[number], number> {
  const { browse = 0, search = 0, product = 0, cartAdd = 0, cartRemove = 0, order = 0, profile = 0 } = mix
  const total = browse + search + product + cartAdd + cartRemove + order + profile
  return {
    browse: browse / total,
    search: search / total,
    product: (product + cartAdd + cartRemove + order) / total,
    profile: profile / total,
  }
}

/** Chi-square statistic with three degrees of freedom; one sample in a thousand exceeds 16.27. */
function chiSquare(counts: Record<string, number>, shares: Record<string, number>): number {
  return LOOKS.reduce((sum, action) => {
    const expected = shares[action]! * PAGES
    return sum + (counts[action]! - expected) ** 2 / expected
  }, 0)
}

const MIX = { browse: 28, search: 24, product: 32, cartAdd: 8, cartRemove: 3, order: 3, profile: 2 }
const UNIFORM = Object.fromEntries(ACTIONS.map((action) => [action, 1]))
const PHASE_MIX = { browse: 5, search: 10, cartAdd: 60, order: 20, profile: 5 }

describe('the actions of a shopper who only looks', () => {
  it('have the weights of the behaviour', () => {
    expect(chiSquare(pagesOf(MIX), expectedShares(MIX))).toBeLessThan(16.27)
  })

  it('follow the mix of the phase in half of the cases where it has one', () => {
    const [own, phase] = [expectedShares(MIX), expectedShares(PHASE_MIX)]
    const half = Object.fromEntries(LOOKS.map((action) => [action, (own[action] + phase[action]) / 2]))
    expect(chiSquare(pagesOf(MIX, PHASE_MIX), half)).toBeLessThan(16.27)
  })

  it('have weights that need not sum to anything', () => {
    const counts = pagesOf({ browse: 0.001, profile: 0.003 })
    expect(counts.search + counts.product).toBe(0)
    expect(Math.abs(counts.profile / PAGES - 0.75)).toBeLessThan(4 * Math.sqrt(0.1875 / PAGES))
  })

  it.each([0.3, 1])('are any action at all in a share of %d that the phase leaves to chance', (anything) => {
    const [own, any] = [expectedShares(MIX), expectedShares(UNIFORM)]
    const mixed = Object.fromEntries(
      LOOKS.map((action) => [action, (1 - anything) * own[action] + anything * any[action]]),
    )
    expect(chiSquare(pagesOf(MIX, undefined, anything), mixed)).toBeLessThan(16.27)
    // Not the mix alone: the test can tell.
    expect(chiSquare(pagesOf(MIX, undefined, 0), mixed)).toBeGreaterThan(16.27)
  })
})
