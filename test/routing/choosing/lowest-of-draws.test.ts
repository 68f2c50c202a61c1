import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { LowestOfDraws } from '../../../src/routing/choosing/lowest-of-draws.ts'
import { scripted } from '../observation-of.ts'

function propensitiesOf(
  draws: LowestOfDraws,
  loads: readonly number[],
  eligible: readonly number[],
): number[] {
  const propensities = new Float64Array(loads.length).fill(Number.NaN)
  const random = () => 0
  draws.choose(Float64Array.from(loads), Uint8Array.from(eligible), loads.length, random, propensities)
  return Array.from(propensities)
}

/** Every way in which so many ranks can be drawn, as numbers from [0, 1) that give just those. */
function allDraws(draws: number, candidates: number, distinct: boolean): number[][] {
  let ways: number[][] = [[]]
  for (let k = 0; k < draws; k++) {
    const left = distinct ? candidates - k : candidates
    const ranks = Array.from({ length: left }, (_, rank) => (rank + 0.5) / left)
    ways = ways.flatMap((way) => ranks.map((rank) => [...way, rank]))
  }
  return ways
}

describe('two distinct draws', () => {
  // By hand: each of the 6 ordered pairs of 3 is equally likely, the lower load wins, a tie keeps the first.
  it.each([
    ['all different', [1, 2, 3], [1, 1, 1], [4 / 6, 2 / 6, 0]],
    ['all equal', [5, 5, 5], [1, 1, 1], [2 / 6, 2 / 6, 2 / 6]],
    ['a tie for the best', [1, 1, 2], [1, 1, 1], [3 / 6, 3 / 6, 0]],
    ['a tie for the worst', [1, 2, 2], [1, 1, 1], [4 / 6, 1 / 6, 1 / 6]],
    ['the best masked', [1, 2, 3], [0, 1, 1], [0, 1, 0]],
    ['the best masked, the others equal', [1, 3, 3], [0, 1, 1], [0, 1 / 2, 1 / 2]],
    ['one left', [1, 2, 3], [0, 0, 1], [0, 0, 1]],
    ['one of no end', [Number.POSITIVE_INFINITY, 2, 3], [1, 1, 1], [0, 4 / 6, 2 / 6]],
  ])('%s', (_, loads, eligible, expected) => {
    const propensities = propensitiesOf(new LowestOfDraws(2), loads, eligible)
    for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
  })
})

// By hand, from 4 of loads 1, 2, 3, 4.
test.each([
  ['3 distinct ones', 3, true, [3 / 4, 1 / 4, 0, 0]],
  ['as many as there are', 4, true, [1, 0, 0, 0]],
  ['more than there are', 9, true, [1, 0, 0, 0]],
  ['one', 1, true, [1 / 4, 1 / 4, 1 / 4, 1 / 4]],
  ['2 with replacement', 2, false, [7 / 16, 5 / 16, 3 / 16, 1 / 16]],
  ['3 with replacement', 3, false, [37 / 64, 19 / 64, 7 / 64, 1 / 64]],
])('draws of 4: %s', (_, draws, distinct, expected) => {
  const propensities = propensitiesOf(new LowestOfDraws(draws, distinct), [1, 2, 3, 4], [1, 1, 1, 1])
  for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
})

describe.each([true, false])('draws that are distinct: %s', (distinct) => {
  it('choose over all equally likely draws as often as they say, whatever was there before', () => {
    const instance = fc.record({ load: fc.nat(3), eligible: fc.nat(1) })
    const list = fc.array(instance, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(
        fc.array(list, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (lists, d) => {
          const lowest = new LowestOfDraws(d, distinct)
          for (const instances of lists) {
            const eligible = Uint8Array.from(instances, (one) => one.eligible)
            const candidates = instances.filter((one) => one.eligible === 1).length
            if (candidates < 2) continue
            const loads = Float64Array.from(instances, (one) => one.load)
            const propensities = new Float64Array(instances.length)
            const chosen = new Float64Array(instances.length)
            const ways = allDraws(distinct ? Math.min(d, candidates) : d, candidates, distinct)
            for (const way of ways) {
              chosen[lowest.choose(loads, eligible, instances.length, scripted(...way), propensities)]! += 1
            }
            for (let i = 0; i < instances.length; i++) {
              expect(chosen[i]! / ways.length).toBeCloseTo(propensities[i]!, 12)
            }
          }
        },
      ),
    )
  })
})

test.each([
  [0.1, 0.1, 0],
  [0.4, 0.1, 1],
  [0.9, 0.9, 2],
])('a tie keeps the first draw: %d, %d gives %i', (first, second, index) => {
  const [loads, eligible] = [Float64Array.of(1, 1, 1), Uint8Array.of(1, 1, 1)]
  const random = scripted(first, second)
  expect(new LowestOfDraws(2).choose(loads, eligible, 3, random, new Float64Array(3))).toBe(index)
})

test('with one instance left it draws nothing', () => {
  const lowest = new LowestOfDraws(3, false)
  expect(lowest.choose(Float64Array.of(1, 9), Uint8Array.of(0, 1), 2, scripted(), new Float64Array(2))).toBe(
    1,
  )
})

test('says the same of many instances, whether their order is sorted anew or kept from the choice before', () => {
  const [warm, count] = [new LowestOfDraws(3), 64]
  const eligible = new Uint8Array(count).fill(1)
  const loads = Float64Array.from({ length: count }, (_, i) => (i * 37) % 11)
  const [fromWarm, fromCold] = [new Float64Array(count), new Float64Array(count)]
  for (let step = 0; step < 50; step++) {
    loads[(step * 29) % count] = (step * 17) % 13
    eligible[(step * 31) % count] = step % 2
    warm.choose(loads, eligible, count, () => 0.5, fromWarm)
    new LowestOfDraws(3).choose(loads, eligible, count, () => 0.5, fromCold)
    expect(fromWarm).toEqual(fromCold)
    expect(fromWarm.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
  }
})
