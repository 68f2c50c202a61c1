import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { chooseOfTwo } from '../../src/routing/two-choices.ts'
import { scripted } from './observation-of.ts'

function propensitiesOf(loads: readonly number[], eligible: readonly number[]): number[] {
  const propensities = new Float64Array(loads.length).fill(Number.NaN)
  const random = () => 0
  chooseOfTwo(Float64Array.from(loads), Uint8Array.from(eligible), loads.length, random, propensities)
  return Array.from(propensities)
}

describe('chooseOfTwo', () => {
  // By hand: each of the 6 ordered pairs of 3 is equally likely, the lower load wins, a tie keeps the first.
  it.each([
    ['all different', [1, 2, 3], [1, 1, 1], [4 / 6, 2 / 6, 0]],
    ['all equal', [5, 5, 5], [1, 1, 1], [2 / 6, 2 / 6, 2 / 6]],
    ['a tie for the best', [1, 1, 2], [1, 1, 1], [3 / 6, 3 / 6, 0]],
    ['a tie for the worst', [1, 2, 2], [1, 1, 1], [4 / 6, 1 / 6, 1 / 6]],
    ['the best masked', [1, 2, 3], [0, 1, 1], [0, 1, 0]],
    ['the best masked, the others equal', [1, 3, 3], [0, 1, 1], [0, 1 / 2, 1 / 2]],
    ['one left', [1, 2, 3], [0, 0, 1], [0, 0, 1]],
  ])('%s', (_, loads, eligible, expected) => {
    const propensities = propensitiesOf(loads, eligible)
    for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
  })

  it('chooses over all equally likely draws as often as it says', () => {
    const instance = fc.record({ load: fc.nat(3), eligible: fc.nat(1) })
    fc.assert(
      fc.property(fc.array(instance, { minLength: 1, maxLength: 6 }), (list) => {
        const eligible = Uint8Array.from(list, (one) => one.eligible)
        const candidates = list.filter((one) => one.eligible === 1).length
        fc.pre(candidates >= 2)
        const loads = Float64Array.from(list, (one) => one.load)
        const propensities = new Float64Array(list.length)
        const chosen = new Float64Array(list.length)
        for (let first = 0; first < candidates; first++) {
          for (let second = 0; second < candidates - 1; second++) {
            const random = scripted((first + 0.5) / candidates, (second + 0.5) / (candidates - 1))
            chosen[chooseOfTwo(loads, eligible, list.length, random, propensities)]! += 1
          }
        }
        for (let i = 0; i < list.length; i++) {
          expect(chosen[i]! / (candidates * (candidates - 1))).toBeCloseTo(propensities[i]!, 12)
        }
      }),
    )
  })
})

test.each([
  [0.1, 0.1, 0],
  [0.4, 0.1, 1],
  [0.9, 0.9, 2],
])('a tie keeps the first draw: %d, %d gives %i', (first, second, index) => {
  const [loads, eligible] = [Float64Array.of(1, 1, 1), Uint8Array.of(1, 1, 1)]
  expect(chooseOfTwo(loads, eligible, 3, scripted(first, second), new Float64Array(3))).toBe(index)
})
