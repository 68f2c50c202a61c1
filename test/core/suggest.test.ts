import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { didYouMean, editDistance, nearest } from '../../src/core/suggest.ts'

const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c', '-') })

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['round-robin', 'round-robbin', 1],
    ['phase', 'phsae', 1],
    ['ca', 'abc', 3],
    ['Phase', 'phase', 1],
  ])('%j to %j is %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

  it('is symmetric, zero only for equal words, and at most the longer length', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})

const KNOWN = ['random', 'round-robin', 'least-outstanding', 'peak-ewma', 'phases']

test.each([
  ['round-robbin', 'round-robin'],
  ['roundrobin', 'round-robin'],
  ['ROUND-ROBIN', 'round-robin'],
  ['least-outstandng', 'least-outstanding'],
  ['least_outstanding', 'least-outstanding'],
  ['peakewma', 'peak-ewma'],
  ['phase', 'phases'],
  ['fastest', undefined],
  ['', undefined],
])('nearest to %j is %j', (wrong, right) => expect(nearest(wrong, KNOWN)).toBe(right))

test('the first of equally near words wins', () => {
  expect(nearest('cat', ['bat', 'hat'])).toBe('bat')
})

test('didYouMean is put behind a message, or is nothing', () => {
  expect(didYouMean('randm', KNOWN)).toBe(' (did you mean "random"?)')
  expect(didYouMean('something else', KNOWN)).toBe('')
})
