import { expect, test } from 'vitest'
import { LearningError } from '../../../src/core/index.ts'
import { linearContent, linearKind } from '../../../src/learning/linear/linear-model.ts'
import { PRIOR_WEIGHTS, pointOf, weightsAt, weightsOf } from '../../../src/learning/linear/linear-weights.ts'
import type { ModelDescription } from '../../../src/learning/models/model.ts'
import { choose, observationOf, scripted } from '../../routing/observation-of.ts'

const description = { algorithm: 'policy-search' } as ModelDescription
const content = linearContent({
  shared: PRIOR_WEIGHTS,
  // As nobody would: the more requests in flight, the better.
  services: { 'cart-service': weightsOf({ inFlight: -1 }) },
})

function load(weights: unknown) {
  return linearKind.load('models/x', { 'weights.json': weights }, description, 'abc')
}

test('each service has its own weights, and one that was not met the shared ones', () => {
  const model = load(JSON.parse(JSON.stringify(content.files['weights.json'])))
  const observation = observationOf({ inFlight: [1, 0] })
  const own = model.createPolicy('cart-service')
  expect(own).toMatchObject({ id: 'model(policy-search)', version: 'abc' })
  expect(choose(own, observation, scripted()).index).toBe(0)
  expect(choose(model.createPolicy('order-service'), observation, scripted()).index).toBe(1)
  expect(choose(model.createPolicy('constructor'), observation, scripted()).index).toBe(1)
})

test('serves any number of instances: nothing of a model is about one of them', () => {
  const policy = load(content.files['weights.json']).createPolicy('order-service')
  expect(choose(policy, observationOf({ inFlight: [1, 0] }), scripted()).index).toBe(1)
  const ten = observationOf({
    inFlight: [4, 3, 2, 5, 9, 1, 7, 6, 8, 2],
    eligible: [1, 1, 1, 1, 1, 0, 1, 1, 1, 1],
  })
  expect(choose(policy, ten, scripted(0.9)).propensities).toEqual([0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0.5])
  expect(choose(policy, observationOf({ inFlight: [3] }), scripted()).index).toBe(0)
})

test('what does not fit is refused, with the difference named', () => {
  const weights = content.files['weights.json'] as { features: string[]; shared: object }
  expect(() => load({ ...weights, version: 7 })).toThrow(LearningError)
  expect(() => load({ ...weights, version: 7 })).toThrow(
    'models/x/weights.json: expected version 1, got 7: train again',
  )
  expect(() => load({ ...weights, features: ['work', ...weights.features.slice(1)] })).toThrow(
    'expected inFlight at place 0, got work',
  )
  expect(() => load({ ...weights, features: weights.features.slice(0, -1) })).toThrow('got none')
  expect(() => load({ ...weights, features: [...weights.features, 'luck'] })).toThrow('got luck')
  expect(() => load({ ...weights, shared: { ...weights.shared, work: null } })).toThrow(
    'shared: work: expected a number, got null',
  )
})

test('points of the search space and weights are the same thing', () => {
  const weights = weightsOf({
    inFlight: 0.5,
    misplaced: 250,
    slowness: 0.125,
    crowding: 6,
    recentErrors: 100,
  })
  expect(weightsAt(pointOf(weights))).toEqual(weights)
})

test('no load makes an instance attractive, and a failure counts as so many requests', () => {
  const point = pointOf(PRIOR_WEIGHTS)
  point.fill(-3)
  expect(Object.values(weightsAt(point)).every((weight) => weight === 0)).toBe(true)
  const doubled = pointOf({ ...PRIOR_WEIGHTS, inFlight: 4 })
  expect(weightsAt(doubled).recentErrors).toBeCloseTo(400)
})
