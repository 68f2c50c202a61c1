import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseLowest } from '../../../src/routing/choosing/best-score.ts'
import { scripted } from '../observation-of.ts'

function lowest(scores: readonly number[], eligible: readonly number[], ...draws: readonly number[]) {
  const propensities = new Float64Array(scores.length).fill(Number.NaN)
  const chosen = chooseLowest(
    Float64Array.from(scores),
    Uint8Array.from(eligible),
    scores.length,
    scripted(...draws),
    propensities,
  )
  return { chosen, propensities: Array.from(propensities) }
}

test.each([
  ['a single best needs no draw', [3, 1, 2], [1, 1, 1], [], { chosen: 1, propensities: [0, 1, 0] }],
  ['the best masked', [3, 1, 2], [1, 0, 1], [], { chosen: 2, propensities: [0, 0, 1] }],
  ['a tie, lower half', [1, 2, 1], [1, 1, 1], [0.49], { chosen: 0, propensities: [0.5, 0, 0.5] }],
  ['a tie, upper half', [1, 2, 1], [1, 1, 1], [0.5], { chosen: 2, propensities: [0.5, 0, 0.5] }],
  ['a tie with a masked one', [1, 1, 1], [0, 1, 1], [0.99], { chosen: 2, propensities: [0, 0.5, 0.5] }],
  ['one instance', [7], [1], [], { chosen: 0, propensities: [1] }],
  ['negative and infinite scores', [0, Infinity, -4], [1, 1, 1], [], { chosen: 2, propensities: [0, 0, 1] }],
  ['nothing but infinity', [Infinity, Infinity], [1, 1], [0.7], { chosen: 1, propensities: [0.5, 0.5] }],
  ['a score that is not known', [NaN, 5, 3], [1, 1, 1], [], { chosen: 2, propensities: [0, 0, 1] }],
  ['one in the middle of a tie', [1, NaN, 1], [1, 1, 1], [0.5], { chosen: 2, propensities: [0.5, 0, 0.5] }],
  ['one after the best', [1, 2, NaN], [1, 1, 1], [], { chosen: 0, propensities: [1, 0, 0] }],
  ['infinity before unknown', [NaN, Infinity], [1, 1], [], { chosen: 1, propensities: [0, 1] }],
  ['nothing known', [NaN, NaN, NaN], [1, 0, 1], [0.5], { chosen: 2, propensities: [0.5, 0, 0.5] }],
  ['only masked ones known', [NaN, 1, NaN], [1, 0, 1], [0], { chosen: 0, propensities: [0.5, 0, 0.5] }],
])('%s', (_, scores, eligible, draws, expected) => {
  expect(lowest(scores, eligible, ...draws)).toEqual(expected)
})

test('chooses a lowest eligible score, whatever the draw', () => {
  const instance = fc.record({ score: fc.integer({ min: -3, max: 3 }), eligible: fc.nat(1) })
  const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.array(instance, { minLength: 1, maxLength: 10 }), draw, (list, number) => {
      const scores = list.filter(({ eligible }) => eligible === 1).map(({ score }) => score)
      fc.pre(scores.length > 0)
      const best = Math.min(...scores)
      const ties = scores.filter((score) => score === best).length
      const { chosen, propensities } = lowest(
        list.map(({ score }) => score),
        list.map(({ eligible }) => eligible),
        ...(ties > 1 ? [number] : []),
      )
      expect(list[chosen]).toEqual({ score: best, eligible: 1 })
      expect(propensities).toEqual(list.map((one) => (one.eligible && one.score === best ? 1 / ties : 0)))
    }),
  )
})

test('reads a column of rows', () => {
  const rows = Float64Array.of(9, 3, 9, 9, 1, 9, 9, 2, 9)
  const propensities = new Float64Array(3)
  expect(chooseLowest(rows, Uint8Array.of(1, 1, 1), 3, () => 0, propensities, 3, 1)).toBe(1)
  expect(Array.from(propensities)).toEqual([0, 1, 0])
})
