import { expect, test } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import {
  completeHyperParameters,
  parseHyperParameters,
} from '../../../src/learning/learners/hyper-parameters.ts'
import { learners } from '../../../src/learning/learners/index.ts'

const cql = learners.get('cql')
const qLearning = learners.get('q-learning')

test('reads name=number', () => {
  expect(parseHyperParameters(cql, ['alpha=0.5', ' gamma = 0 ', 'initialValue=-1e2'])).toEqual({
    alpha: 0.5,
    gamma: 0,
    initialValue: -100,
  })
})

test('fills in defaults, but not what comes from the data', () => {
  const complete = completeHyperParameters(cql, { gamma: 0 })
  expect(complete).toEqual({
    alpha: 0.1,
    gamma: 0,
    learningRateDecay: 0.8,
    minLearningRate: 0.001,
    epochs: 50,
    patience: 5,
  })
})

test.each([
  [cql, 'alhpa=1', /no hyper-parameter "alhpa" \(did you mean "alpha"\?\): it has alpha, gamma/],
  [qLearning, 'alpha=1', /"q-learning" has no hyper-parameter "alpha"/],
  [cql, 'alpha=-1', /alpha: expected a number from 0 to 100, got -1/],
  [cql, 'epochs=1.5', /epochs: expected an integer from 1 to 10000, got 1.5/],
  [cql, 'gamma', /"gamma": expected name=number, for example "alpha=0.1"/],
  [cql, 'gamma=', /expected name=number/],
  [cql, 'gamma=high', /expected name=number/],
])('$0.name refuses $1', (learner, text, message) => {
  expect(() => parseHyperParameters(learner, [text])).toThrow(UsageError)
  expect(() => parseHyperParameters(learner, [text])).toThrow(message)
})

test('numbers by name are checked too', () => {
  expect(() => completeHyperParameters(cql, { gamma: 1 })).toThrow(/gamma: expected a number from 0 to 0.99/)
})
