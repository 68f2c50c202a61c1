import { describe, expect, it } from 'vitest'
import type { CallStep } from '../../src/core/index.ts'
import type { ActionMix, Mistake } from '../../src/scenario/index.ts'
import { BUYING, CALM, runSessions } from './session-run.ts'

const RATE = 0.2

interface Case {
  readonly mistake: Mistake
  /** How the mistake shows in a request. */
  readonly shows: (step: CallStep) => boolean
  /** Whether the mistake could have been made in this request. */
  readonly applies: (step: CallStep) => boolean
  readonly actions: ActionMix
  readonly buying?: boolean
}

const signedIn = ({ name }: CallStep) => !['register', 'login', 'cartView', 'order'].includes(name)

const CASES: readonly Case[] = [
  {
    mistake: 'unknownSku',
    shows: ({ request }) => request.path.includes('NO-SUCH-SKU'),
    applies: ({ name }) => name === 'product',
    actions: { product: 1, browse: 1 },
  },
  {
    mistake: 'invalidToken',
    shows: ({ request }) => request.token === 'not.a.token',
    applies: signedIn,
    actions: { product: 1, browse: 1, search: 1, profile: 1 },
  },
  {
    mistake: 'missingToken',
    shows: (step) => signedIn(step) && step.request.token === undefined,
    applies: signedIn,
    actions: { product: 1, browse: 1, search: 1, profile: 1 },
  },
  {
    mistake: 'invalidQuantity',
    shows: ({ request }) => (request.body?.quantity as number) < 1,
    applies: ({ name }) => name === 'cartAdd',
    actions: { cartAdd: 1 },
    buying: true,
  },
  {
    mistake: 'emptyCartOrder',
    shows: ({ name }) => name === 'order',
    applies: ({ name }) => name === 'order' || name === 'product',
    actions: { order: 1 },
  },
  {
    mistake: 'invalidAddress',
    shows: ({ request }) => JSON.stringify(request.body?.shippingAddress ?? '').includes('INVALID'),
    applies: ({ name, expects }) => name === 'order' && expects === 'success',
    actions: { product: 1 },
    buying: true,
  },
]

describe.each(CASES)('the mistake $mistake', ({ mistake, shows, applies, actions, buying }) => {
  const intent = buying === true ? { ...BUYING, cartSize: [4, 4] as const } : CALM
  const runs = runSessions(400, { behavior: { ...intent, actions, mistakes: { [mistake]: RATE } } })
  const calls = runs.flatMap((run) => run.calls)

  it('is made at its rate', () => {
    const opportunities = calls.filter(applies).length
    const made = calls.filter(shows).length
    expect(opportunities).toBeGreaterThanOrEqual(400)
    expect(Math.abs(made - RATE * opportunities)).toBeLessThan(
      4 * Math.sqrt(RATE * (1 - RATE) * opportunities),
    )
  })

  it('expects a refusal, and nothing else does', () => {
    for (const step of calls) expect(step.expects).toBe(shows(step) ? 'refusal' : 'success')
  })

  it('keeps nobody from buying', () => {
    for (const { result } of runs) expect(result.ordered).toBe(buying === true)
  })
})

it('is never made by a behaviour without mistakes', () => {
  const calls = runSessions(50, { behavior: BUYING }).flatMap((run) => run.calls)
  expect(calls.filter(({ expects }) => expects === 'refusal')).toEqual([])
})
