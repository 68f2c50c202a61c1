import { expect, test } from 'vitest'
import { UsageError } from '../../src/core/errors.ts'
import { Registry } from '../../src/core/registry.ts'

const [slow, fast] = [
  { name: 'slow-start', summary: 'one by one', rank: 1 },
  { name: 'fast-start', summary: 'all at once', rank: 2 },
]
const starts = new Registry('start', [slow!, fast!])

test('lists in the order of its declaration and finds by name', () => {
  expect(starts.all).toEqual([slow, fast])
  expect(starts.names).toEqual(['slow-start', 'fast-start'])
  expect(starts.get('fast-start')).toBe(fast)
})

test.each([
  [
    'slow-strat',
    'unknown start "slow-strat" (did you mean "slow-start"?): use one of slow-start, fast-start',
  ],
  ['warm', 'unknown start "warm": use one of slow-start, fast-start'],
  ['constructor', 'unknown start "constructor": use one of slow-start, fast-start'],
])('%s is unknown', (name, message) => {
  expect(() => starts.get(name)).toThrow(new UsageError(message))
})

test('refuses two of one name', () => {
  expect(() => new Registry('start', [slow!, fast!, { ...fast!, rank: 3 }])).toThrow(
    'the list of kind "start" has more than one fast-start: give each a name of its own',
  )
  expect(() => new Registry('start', [slow!, slow!])).toThrow('more than one slow-start')
})
