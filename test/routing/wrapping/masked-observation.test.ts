import { expect, test } from 'vitest'
import { MaskedObservation } from '../../../src/routing/wrapping/masked-observation.ts'
import { observationOf } from '../observation-of.ts'

test('shares all that is seen but who may be chosen', () => {
  const seen = {
    ...observationOf({ inFlight: [1, 2, 3], eligible: [1, 0, 1], nowMs: 70 }),
    affinity: '/cart',
  }
  const masked = new MaskedObservation()
  masked.lookAt(seen)
  expect({ ...masked }).toEqual(seen)
  expect(masked.instances).toBe(seen.instances)
  expect(masked.context).toBe(seen.context)
  expect(masked.left).toBe(2)
  masked.keepOut(2)
  expect(Array.from(masked.eligible)).toEqual([1, 0, 0])
  expect(Array.from(seen.eligible)).toEqual([1, 0, 1])
})

test('counts who is left, once each', () => {
  const masked = new MaskedObservation()
  masked.lookAt(observationOf({ inFlight: [0, 0, 0], eligible: [1, 0, 1] }))
  for (const [instance, left] of [
    [1, 2],
    [0, 1],
    [0, 1],
    [2, 0],
  ] as const) {
    masked.keepOut(instance)
    expect(masked.left).toBe(left)
  }
})

test('begins anew with every look, also at more or fewer instances', () => {
  const masked = new MaskedObservation()
  for (const count of [2, 5, 3]) {
    masked.lookAt(observationOf({ inFlight: Array(count).fill(0) }))
    expect(Array.from(masked.eligible)).toEqual(Array(count).fill(1))
    expect(masked.left).toBe(count)
    masked.keepOut(count - 1)
  }
})
