import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { MISTAKES_AT, type Mistake, type MistakeRates } from '../../src/scenario/index.ts'
import { mistakeDraws } from '../../src/traffic/mistake-draw.ts'

const KINDS = MISTAKES_AT.cartAdd
const DRAWS = 4000

/** Rates of any of the mistakes with a cart item; with "nothing goes wrong" they sum to 1. */
const anyRates = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: KINDS.length + 1,
    maxLength: KINDS.length + 1,
  })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights): MistakeRates => {
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return Object.fromEntries(KINDS.map((mistake, i) => [mistake, weights[i]! / total]))
  })

describe('the draw of a mistake', () => {
  it('meets every rate, whatever the other rates are', () => {
    fc.assert(
      fc.property(anyRates, fc.nat(), (rates, seed) => {
        const random = new RandomStreams(seed).stream('mistakes')
        const draw = mistakeDraws(rates).cartAdd
        const made = new Map<Mistake | undefined, number>()
        for (let i = 0; i < DRAWS; i++) {
          const mistake = draw?.next(random)
          made.set(mistake, (made.get(mistake) ?? 0) + 1)
        }
        for (const mistake of KINDS) {
          const rate = rates[mistake]!
          const off = Math.abs((made.get(mistake) ?? 0) - rate * DRAWS)
          expect(off).toBeLessThanOrEqual(4 * Math.sqrt(rate * (1 - rate) * DRAWS) + 1e-6)
        }
      }),
      // Of all the comparisons, one in some ten thousand may be further off: the same ones are made every time.
      { seed: 3, numRuns: 50 },
    )
  })

  it('takes one random number, and none where no mistake can be made', () => {
    let drawn = 0
    const random = () => {
      drawn++
      return 0.999
    }
    const draws = mistakeDraws({ unknownSku: 0.1, invalidToken: 0.2, invalidCategory: 0 })
    expect([draws.product?.next(random), drawn]).toEqual([undefined, 1])
    expect([draws.browse?.next(random), drawn]).toEqual([undefined, 2])
    expect([draws.order, draws.emptyCart, draws.register]).toEqual([undefined, undefined, undefined])
  })

  it('is made once for the rates', () => {
    const rates = { unknownSku: 0.1 }
    expect(mistakeDraws(rates)).toBe(mistakeDraws(rates))
  })
})
