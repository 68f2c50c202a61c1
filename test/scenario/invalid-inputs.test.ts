import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../src/scenario/index.ts'
import { INVALID_INPUTS } from '../../src/scenario/invalid-inputs.ts'
import { fileOf, MINIMAL, messageOf, vocabulary } from './scenario-files.ts'
import { shopperOf } from './shopper-of.ts'

const load = (text: string) => loadScenario(fileOf(MINIMAL + text, 's.yaml'), { vocabulary }).scenario
const PRODUCT = '{ sku: phone-001, name: Kite, category: No Such Category, price: 15 }'

describe('invalid inputs', () => {
  it('are the built-in ones unless the scenario lists its own', () => {
    expect(load('').invalidInputs).toEqual(INVALID_INPUTS)
    const own = load('invalidInputs: { skus: [GONE-001], orders: [{ items: [1, { a: null }] }] }\n')
    expect(own.invalidInputs).toEqual({
      ...INVALID_INPUTS,
      skus: ['GONE-001'],
      orders: [{ items: [1, { a: null }] }],
    })
  })

  it('are never what the shop sells', () => {
    const { skus, categories } = load(`products: [${PRODUCT}]\n`).invalidInputs
    expect(skus).toEqual(INVALID_INPUTS.skus.filter((sku) => sku !== 'phone-001'))
    expect(categories).not.toContain('No Such Category')
    const wrong = `products: [${PRODUCT}]\ninvalidInputs: { skus: [GONE-001, phone-001] }\n`
    expect(messageOf(() => load(wrong))).toMatch(
      /s\.yaml:8:35 invalidInputs\.skus\[1\]: expected a sku that no product has, got "phone-001"$/,
    )
    expect(messageOf(() => load('invalidInputs: { categories: [Audio], orders: [] }\n'))).toMatch(
      /categories\[0\]: expected a category that no product has, got "Audio"\n.*orders: expected list with at least one/,
    )
  })
})

it('mistakes of one action leave room for each other', () => {
  const behavior = (mistakes: string) => `\
behaviors:
  quick-browser:
    description: In a hurry
    sessionMinutes: [1, 2]
    pagesPerSession: [1, 2]
    thinkTimeSeconds: [1, 2]
    conversionRate: 0.1
    cartAbandonmentRate: 0.5
    cartSize: [1, 2]
    actions: { browse: 1 }
    mistakes: ${mistakes}
`
  // The first and the third can never be made at the same time.
  const rates = { unknownSku: 0.6, invalidSku: 0.4, invalidCategory: 0.9, invalidAddress: 1 }
  expect(shopperOf(load(behavior(JSON.stringify(rates))), 'quick-browser').mistakes).toEqual(rates)
  expect(messageOf(() => load(behavior('{ unknownSku: 0.6, invalidToken: 0.5 }')))).toMatch(
    /mistakes: expected map in which the mistakes of one action sum to at most 1, got {unknownSku: 0.6,/,
  )
})
