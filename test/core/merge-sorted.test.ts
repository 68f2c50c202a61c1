import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeSorted } from '../../src/core/index.ts'

const ascending = (a: number, b: number): number => a - b

describe('mergeSorted', () => {
  it('is the sorted whole', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(100)), { maxLength: 12 }), (lists) => {
        const sorted = lists.map((list) => list.toSorted(ascending))
        expect([...mergeSorted(sorted, ascending)]).toEqual(lists.flat().sort(ascending))
      }),
    )
  })

  it('has the items of earlier sequences first where they are alike', () => {
    const named = (name: string, keys: readonly number[]) => keys.map((key) => ({ key, name }))
    const merged = mergeSorted(
      [named('a', [1, 2, 2]), named('b', [0, 2]), named('c', [2])],
      (a, b) => a.key - b.key,
    )
    expect([...merged].map(({ key, name }) => `${key}${name}`)).toEqual(['0b', '1a', '2a', '2a', '2b', '2c'])
  })

  it('keeps the order of a sequence that is not in order', () => {
    expect([...mergeSorted([[3, 1, 9], [2]], ascending)]).toEqual([2, 3, 1, 9])
  })

  it('takes one item of a sequence at a time', () => {
    let taken = 0
    function* endless(): Generator<number> {
      for (;;) yield taken++
    }
    const merged = mergeSorted([endless(), endless()], ascending)
    for (let i = 0; i < 10; i++) merged.next()
    expect(taken).toBeLessThanOrEqual(12)
  })
})
