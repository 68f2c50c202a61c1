import { expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { drawIntent, type Intent } from '../../src/traffic/index.ts'
import { shopperOf } from '../scenario/shopper-of.ts'
import { smallScenario } from '../shop/small-scenario.ts'

const DRAWS = 100_000
const behavior = shopperOf(smallScenario, 'quick-browser')

function sharesOf(conversionRate: number, cartAbandonmentRate: number): Record<Intent, number> {
  const random = new RandomStreams(5).stream('intents')
  const shares = { buy: 0, abandon: 0, look: 0 }
  for (let i = 0; i < DRAWS; i++) {
    shares[drawIntent({ ...behavior, conversionRate, cartAbandonmentRate }, random)] += 1 / DRAWS
  }
  return shares
}

it.each([
  [0.05, 0.8],
  [0.35, 0.5],
  [0.6, 0.25],
  [0.25, 0.6],
  [0.3, 0],
  [0.5, 0.5],
  [0, 0.7],
])('with conversion %d and abandonment %d, c buy, c a / (1 - a) abandon, the rest looks', (c, a) => {
  const abandoning = (c * a) / (1 - a)
  const shares = sharesOf(c, a)
  for (const [intent, expected] of [
    ['buy', c],
    ['abandon', abandoning],
    ['look', 1 - c - abandoning],
  ] as const) {
    const error = 4 * Math.sqrt((expected * (1 - expected)) / DRAWS)
    expect(Math.abs(shares[intent] - expected), intent).toBeLessThanOrEqual(error + 1e-9)
  }
})

it('lets everybody abandon their cart when all do', () => {
  expect(sharesOf(0, 1)).toMatchObject({ buy: 0, look: 0 })
})
