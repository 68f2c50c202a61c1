import { describe, expect, it } from 'vitest'
import { chooseFeatures } from '../../src/cli/choose-features.ts'
import { UsageError } from '../../src/core/index.ts'

const STANDARD = { state: ['load'], instance: ['inFlight'] }

describe('chooseFeatures', () => {
  it('replaces the side that is named, and leaves the other', () => {
    expect(chooseFeatures(STANDARD, [])).toEqual(STANDARD)
    expect(chooseFeatures(STANDARD, ['instance=inFlight, errorRate'])).toEqual({
      state: ['load'],
      instance: ['inFlight', 'errorRate'],
    })
    expect(chooseFeatures(STANDARD, ['state='])).toEqual({ state: [], instance: ['inFlight'] })
  })

  it.each([
    ['inFlight', /expected state=NAME/],
    ['instances=inFlight', /did you mean "instance"/],
    ['instance=inflight', /did you mean "inFlight"/],
  ])('refuses %s, and says what it may have been', (text, message) => {
    expect(() => chooseFeatures(STANDARD, [text])).toThrow(UsageError)
    expect(() => chooseFeatures(STANDARD, [text])).toThrow(message)
  })

  it('refuses a side that is given twice, and a choice of nothing', () => {
    expect(() => chooseFeatures(STANDARD, ['state=', 'state=load'])).toThrow(/given twice/)
    expect(() => chooseFeatures(STANDARD, ['state=', 'instance='])).toThrow(/nothing is left/)
  })
})
