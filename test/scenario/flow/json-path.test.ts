import { expect, it } from 'vitest'
import { jsonPathSteps } from '../../../src/scenario/index.ts'

it.each([
  ['items.0.sku', ['items', '0', 'sku']],
  ['items[0].sku', ['items', '0', 'sku']],
  ['$.items[0]', ['items', '0']],
  ['$', []],
  ['$[2]', ['2']],
  ['["a.b"].c', ['a.b', 'c']],
  ["a['b c'].d", ['a', 'b c', 'd']],
])('%s leads through %j', (path, steps) => {
  expect(jsonPathSteps(path)).toEqual(steps)
})

it.each(['', 'a..b', 'a.', 'items[*].sku', '$.*', 'a[b]', 'a[?(@.x)]', 'a["b]'])('%j is no path', (path) => {
  expect(jsonPathSteps(path)).toBeUndefined()
})
