/** `error_simulation_config`: every rate and list that can act on our shop does, and the others are named. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../../src/scenario/index.ts'
import { INVALID_INPUTS } from '../../../src/scenario/invalid-inputs.ts'
import { DIALECTS, fileOf, messageOf, vocabulary } from '../scenario-files.ts'
import { shopperOf } from '../shopper-of.ts'

const FILE = path.join(DIALECTS, 'error-simulation.json')
const CONFIG = 'rl_training_scenarios.error_simulation_config'

describe('a file with every rate', () => {
  const { scenario, warnings } = loadScenario(FILE, { vocabulary })

  it('has the rates times the gate, and the flat rate for the payloads that it lists', () => {
    expect(shopperOf(scenario, 'fumblers').mistakes).toEqual({
      invalidToken: 0.05,
      expiredToken: 0.03,
      missingToken: 0.02,
      malformedToken: 0.01,
      invalidSku: 0.04,
      unknownSku: 0.06,
      invalidCategory: 0.07,
      invalidQuantity: 0.08,
      negativeQuantity: 0.09,
      invalidProductId: 0.1,
      cartLimitExceeded: 0.11,
      invalidAddress: 0.12,
      emptyCartOrder: 0.13,
      malformedCartItem: 0.15,
      malformedRegistration: 0.15,
    })
  })

  it('means all users, also those that it does not define', () => {
    expect(shopperOf(scenario, 'careful_shoppers').mistakes).toEqual(shopperOf(scenario, 'fumblers').mistakes)
  })

  it('has its lists used, without what its shop sells after all; empty ones are ours', () => {
    expect(scenario.invalidInputs).toEqual({
      skus: ['GONE-001', 'ODD@SKU', ''],
      categories: ['Boats'],
      registrations: [{ email: 'nobody', password: '1' }],
      cartItems: [{ productId: null, quantity: 1 }, { price: -100 }],
      orders: INVALID_INPUTS.orders,
    })
    const told = warnings.map((warning) => warning.replace(FILE, 'f.json'))
    expect(told).toContain(
      `f.json:56:31 ${CONFIG}.invalid_product_skus: the shop has KITE-001, so that asking for it is no mistake: left out`,
    )
    expect(told).toContain(
      `f.json:57:29 ${CONFIG}.invalid_categories: the shop has Toys, so that asking for it is no mistake: left out`,
    )
  })

  it('names the rates that have no effect, since the API has no place for them', () => {
    const rates = `${CONFIG}.error_scenarios`
    expect(warnings.at(-1)).toContain(
      `these fields have no effect: ${[
        `${rates}.product_errors.out_of_stock_simulation_rate`,
        `${rates}.order_errors.payment_method_missing_rate`,
        `${rates}.order_errors.order_total_mismatch_rate`,
      ].join(', ')}`,
    )
  })
})

describe('a file', () => {
  const edited = (edit: (config: Record<string, unknown>) => unknown) => {
    const content = JSON.parse(readFileSync(FILE, 'utf8'))
    const half = content.rl_training_scenarios
    half.error_simulation_config = edit(half.error_simulation_config)
    return fileOf(JSON.stringify(content, null, 2), 'f.json')
  }
  const load = (edit: Parameters<typeof edited>[0]) => loadScenario(edited(edit), { vocabulary })

  it('without rates has lists without effect', () => {
    const { scenario, warnings } = load((config) => ({
      ...config,
      error_scenarios: {},
      malformed_payloads: {},
    }))
    expect(shopperOf(scenario, 'fumblers').mistakes).toEqual({})
    for (const list of ['invalid_product_skus', 'invalid_categories', 'malformed_payloads']) {
      expect(warnings.at(-1)).toContain(`${CONFIG}.${list}`)
    }
  })

  it('whose gate is closed has no mistakes', () => {
    const { scenario } = load((config) => ({ ...config, error_injection_probability: 0 }))
    expect(shopperOf(scenario, 'fumblers').mistakes).toEqual({})
  })

  it('without the section has no mistakes, and our inputs for whoever makes some', () => {
    const { scenario } = load(() => undefined)
    expect(shopperOf(scenario, 'fumblers').mistakes).toEqual({})
    expect(scenario.invalidInputs).toEqual(INVALID_INPUTS)
  })

  it('is refused if its rates leave no room for each other, or are none', () => {
    const full = edited((config) => ({
      ...config,
      error_injection_probability: 1,
      error_scenarios: { cart_errors: { invalid_quantity_rate: 0.6, negative_quantity_rate: 0.5 } },
    }))
    expect(messageOf(() => loadScenario(full, { vocabulary }))).toContain(
      `${CONFIG}.error_scenarios: expected rates that, times error_injection_probability, sum to at most 1 for one`,
    )
    const wrong = edited((config) => ({ ...config, malformed_payloads: { orders: ['{'] } }))
    expect(messageOf(() => loadScenario(wrong, { vocabulary }))).toContain(
      `${CONFIG}.malformed_payloads.orders[0]: expected map, got "{"`,
    )
  })
})
