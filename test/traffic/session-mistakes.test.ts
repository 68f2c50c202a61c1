import { describe, expect, it } from 'vitest'
import { MISTAKES, type Mistake } from '../../src/scenario/index.ts'
import { erring, isOpportunity } from './mistaken-users.ts'
import { BUYING, runSession, runSessions } from './session-run.ts'

const RATE = 0.2

describe.each(MISTAKES)('the mistake %s', (mistake) => {
  const runs = runSessions(400, { behavior: erring(mistake, RATE) })
  const calls = runs.flatMap((run) => run.calls)

  it('is made at its rate', () => {
    const opportunities = calls.filter((step) => isOpportunity(step, mistake)).length
    const made = calls.filter((step) => step.mistake === mistake).length
    expect(opportunities).toBeGreaterThanOrEqual(400)
    expect(Math.abs(made - RATE * opportunities)).toBeLessThan(
      4 * Math.sqrt(RATE * (1 - RATE) * opportunities),
    )
  })

  it('expects a refusal, and nothing else does', () => {
    for (const step of calls) expect(step.expects).toBe(step.mistake === mistake ? 'refusal' : 'success')
  })

  it('keeps nobody from buying', () => {
    for (const { result } of runs) expect(result.ordered).toBe(mistake !== 'emptyCartOrder')
  })
})

it('takes what is sent from the lists of the scenario', () => {
  const invalidInputs = {
    skus: ['GONE-1'],
    categories: ['Boats'],
    registrations: [{ email: 'a' }],
    cartItems: [{ productId: null }],
    orders: [{ items: 5 }],
  }
  const sent = (mistake: Mistake) => {
    const runs = runSessions(5, { behavior: erring(mistake, 1), scenario: { invalidInputs } })
    const steps = runs.flatMap(({ calls }) => calls)
    return steps.find((step) => step.mistake === mistake)!.request
  }
  expect(sent('invalidSku').path).toBe('/api/inventory/product/GONE-1')
  expect(sent('invalidProductId').body).toMatchObject({ productId: 'GONE-1', price: expect.any(Number) })
  expect(sent('invalidCategory').path).toBe('/api/inventory/products/category/Boats')
  expect(sent('malformedRegistration').body).toEqual({ email: 'a' })
  expect(sent('malformedCartItem').body).toEqual({ productId: null })
  expect(sent('malformedOrder').body).toEqual({ items: 5 })
})

it('is never made by a behaviour without mistakes', () => {
  const calls = runSessions(50, { behavior: BUYING }).flatMap((run) => run.calls)
  expect(calls.filter(({ expects, mistake }) => expects === 'refusal' || mistake !== undefined)).toEqual([])
})

it('costs a behaviour without mistakes no random number', () => {
  const actions = { browse: 1, cartAdd: 1, order: 1, search: 1 }
  const plain = runSession({ behavior: { ...BUYING, actions } })
  const none = runSession({
    behavior: { ...BUYING, actions, mistakes: { unknownSku: 0, invalidAddress: 0 } },
  })
  expect(none).toEqual(plain)
})
