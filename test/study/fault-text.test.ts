import { describe, expect, it } from 'vitest'
import { instanceIds, SERVICES } from '../../src/scenario/index.ts'
import { faultKinds } from '../../src/shop/index.ts'
import { faultText, placeText } from '../../src/study/index.ts'
import { smallScenario } from '../shop/small-scenario.ts'

const CART = instanceIds(smallScenario, 'cart-service')
const ALL = SERVICES.flatMap((service) => instanceIds(smallScenario, service))

describe('faultText', () => {
  it('names what differs from the defaults', () => {
    const parameters = { latencyMs: 0, jitterMs: 0, factor: 4, rate: 0.5 }
    expect(faultText({ kind: 'latency', parameters })).toBe('latency factor=4 rate=0.5')
    const usual = { rate: 0.2, status: 500, answerMs: 1 }
    expect(faultText({ kind: 'errors', parameters: usual })).toBe('errors rate=0.2')
  })

  it.each(faultKinds.all)('is the name alone where all is as usual: $name', ({ name, parameters }) => {
    const defaults = parameters.flatMap((parameter) =>
      parameter.default === undefined ? [] : [[parameter.name, parameter.default] as const],
    )
    if (defaults.length < parameters.length) return
    expect(faultText({ kind: name, parameters: Object.fromEntries(defaults) })).toBe(name)
  })
})

describe('placeText', () => {
  it.each([
    [CART, 1, 'cart-service (all 3)'],
    [CART.slice(1, 2), 1, 'cart-service-2'],
    [CART.slice(1), 1, 'cart-service-2, cart-service-3'],
    [['payment-service-1', ...CART], 1, 'cart-service (all 3), payment-service-1'],
    [CART, 0.5, '50% of cart-service (all 3)'],
    [ALL, 1, `all services (${ALL.length} instances)`],
    [ALL, 1 / 3, `33.3% of all services (${ALL.length} instances)`],
    [
      ALL.filter((id) => id.endsWith('-1')),
      1,
      'user-service-1, inventory-service-1, cart-service-1 and 3 more',
    ],
  ])('of %j with share %d', (instances, share, text) => {
    expect(placeText({ instances, share }, smallScenario)).toBe(text)
  })
})
