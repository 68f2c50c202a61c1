import { describe, expect, it } from 'vitest'
import { queryInteger, queryParameter } from '../../src/shop/query.ts'

describe('queryParameter', () => {
  it.each([
    ['/a?x=1&y=2', 'y', '2'],
    ['/a?x=1&x=2', 'x', '1'],
    ['/a?text=a%20b+c', 'text', 'a b c'],
    ['/a?x=', 'x', ''],
    ['/a?x=1', 'y', undefined],
    ['/a', 'x', undefined],
    ['/a?x=%E0%A4', 'x', '\ufffd'],
  ])('of %s: %s is %j', (path, name, value) => {
    expect(queryParameter(path, name)).toBe(value)
  })
})

describe('queryInteger', () => {
  const range = { preset: 7, low: 0, high: 10 }

  it.each([
    ['/a', 7],
    ['/a?n=0', 0],
    ['/a?n=10', 10],
    ['/a?n=11', undefined],
    ['/a?n=-1', undefined],
    ['/a?n=', undefined],
    ['/a?n=1.5', undefined],
    ['/a?n=0x3', undefined],
    ['/a?n=1e1', undefined],
  ])('of %s is %j', (path, value) => {
    expect(queryInteger(path, 'n', range)).toBe(value)
  })
})
