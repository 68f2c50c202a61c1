import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { qLearning } from '../../../src/learning/learners/q-learning.ts'
import type { TabularRule } from '../../../src/learning/tabular/tabular-rule.ts'
import { pessimisticValue, Training } from '../../../src/learning/tabular/tabular-training.ts'
import { learningRates } from '../../../src/learning/tabular/value-table.ts'
import { type Step, transitionsOf } from '../hand-made-transitions.ts'

const steps = [0, 1, 0, 1].map(
  (chosen): Step => ({
    state: 0,
    candidates: [0, 1],
    chosen,
    reward: chosen,
    propensity: 0.5,
    terminal: true,
  }),
)
const transitions = transitionsOf(1, 2, steps)

/** A rule whose objective is given, epoch by epoch. */
function scripted(objectives: readonly number[]): TabularRule {
  let epoch = 0
  return { ...qLearning, objective: () => objectives[epoch++]! }
}

function train(rule: TabularRule, epochs: number, patience: number) {
  const settings = {
    gamma: 0,
    learningRateDecay: 1,
    minLearningRate: 0.001,
    epochs,
    patience,
    initialValue: 0,
  }
  const streams = new RandomStreams(1)
  return new Training({ rule, settings, training: transitions, validation: transitions, streams })
}

test('stops when patience ends, and keeps the best epoch', () => {
  const training = train(scripted([3, 2, 2.5, 2.1, 9]), 5, 2)
  expect([...training.epochs()].map(({ improved }) => improved)).toEqual([true, true, false, false])
  expect(training.best!.report.epoch).toBe(2)
})

test('ends after the last epoch, and can be left at any time', () => {
  expect([...train(scripted([3, 2, 1]), 3, 2).epochs()]).toHaveLength(3)
  const training = train(scripted([3, 2, 1]), 3, 2)
  expect(training.best).toBeUndefined()
  for (const { epoch } of training.epochs()) if (epoch === 2) break
  expect(training.best!.report.epoch).toBe(2)
})

test('later epochs do not change the values that were kept', () => {
  const training = train(scripted([1, 2]), 2, 5)
  const epochs = training.epochs()
  epochs.next()
  const kept = training.best!.values.slice()
  epochs.next()
  expect(training.best!.values).toEqual(kept)
  expect([...training.best!.visits.subarray(0, 2)]).toEqual([2, 2])
})

test('nothing tried may look better than the worst that can happen', () => {
  expect(pessimisticValue(Float64Array.of(-2, 3), 0)).toBe(-2)
  expect(pessimisticValue(Float64Array.of(-2, 3), 0.5)).toBe(-4)
  expect(pessimisticValue(Float64Array.of(2, 3), 0.5)).toBe(2)
})

test('step sizes fall from 1 to the floor and stay there', () => {
  const rates = learningRates(1, 0.25)
  expect([...rates]).toEqual([1, 1, 1 / 2, 1 / 3, 0.25])
  expect(learningRates(0.8, 0.001).at(-1)).toBe(0.001)
  expect([...learningRates(0.5, 1)]).toEqual([1, 1])
})
