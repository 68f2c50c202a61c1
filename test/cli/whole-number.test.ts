import { describe, expect, it } from 'vitest'
import { requireWholeNumber } from '../../src/cli/whole-number.ts'
import { UsageError } from '../../src/core/index.ts'

describe('requireWholeNumber', () => {
  it.each([0, -7, 1, Number.MAX_SAFE_INTEGER])('takes %d', (value) => {
    requireWholeNumber('--seed', value)
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %d', (value) => {
    expect(() => requireWholeNumber('--seed', value)).toThrow(UsageError)
    expect(() => requireWholeNumber('--seed', value)).toThrow(
      `--seed: expected a whole number, got "${value}"`,
    )
  })

  it('names the bounds that are there', () => {
    requireWholeNumber('--port', 65535, { min: 0, max: 65535 })
    expect(() => requireWholeNumber('--port', 65536, { min: 0, max: 65535 })).toThrow('from 0 to 65535')
    expect(() => requireWholeNumber('--jobs', 0, { min: 1 })).toThrow('whole number from 1, got "0"')
  })
})
