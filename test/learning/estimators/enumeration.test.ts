/**
 * The enumeration oracle: the expectation of an estimate over every trajectory that the logger can make is the value of
 * the target, to rounding. One factor too many or too few in a ratio or a discount breaks it.
 */
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { estimators } from '../../../src/learning/estimators/index.ts'
import {
  dirichletProcess,
  enumerate,
  type Process,
  targetValue,
  trueValues,
  type Values,
} from './logged-episodes.ts'

const process = dirichletProcess(new RandomStreams(5).stream('process'))
const value = targetValue(process)
const right = trueValues(process)
/** Wrong everywhere, and by different amounts. */
const wrong = (left: number, state: number) =>
  right(left, state).map((q, a) => 0.8 * q + 0.2 * left - 0.1 * (state + a))

const of = (name: string, values: Values = wrong, on = process) => enumerate(estimators.get(name), on, values)

describe('over all trajectories of a decision process', () => {
  it('has 216 of them', () => {
    expect(of('is').trajectories).toBe(216)
  })

  it.each(['is', 'pdis', 'doubly-robust'])('%s is unbiased, whatever the model says', (name) => {
    expect(of(name).mean).toBeCloseTo(value, 12)
    expect(of(name, right).mean).toBeCloseTo(value, 12)
  })

  it.each(['wis', 'wpdis', 'weighted-doubly-robust'])('%s tends to the value', (name) => {
    expect(of(name).limit).toBeCloseTo(value, 12)
    expect(Math.abs(of(name).mean - value), 'but it is biased in small samples').toBeGreaterThan(1e-3)
  })

  it('with a right model doubly-robust is right even by wrong propensities, and fqe by none', () => {
    const misread: Process = { ...process, told: process.logger.map(() => [0.5, 0.5]) }
    expect(of('doubly-robust', right, misread).mean).toBeCloseTo(value, 12)
    expect(of('fqe', right, misread).mean).toBeCloseTo(value, 12)
    for (const name of ['is', 'pdis', 'wpdis']) {
      expect(Math.abs(of(name, right, misread).mean - value), name).toBeGreaterThan(0.05)
    }
  })

  it('each knows more than the one before, and varies less', () => {
    const deviations = [of('is'), of('pdis'), of('doubly-robust'), of('doubly-robust', right)].map(
      ({ deviation }) => deviation,
    )
    expect(deviations).toEqual(deviations.toSorted((a, b) => b - a))
    expect(deviations[0]! / deviations[3]!).toBeGreaterThan(1.5)
  })

  it('notices a discount that is off by one step', () => {
    const off: Process = { ...process, gamma: process.gamma ** 2 }
    expect(Math.abs(of('pdis', wrong, off).mean - value)).toBeGreaterThan(0.1)
  })
})

describe('over single decisions', () => {
  const bandit = dirichletProcess(new RandomStreams(6).stream('bandit'), 3, 3, 1)

  it.each(['is', 'pdis', 'doubly-robust'])('%s is unbiased', (name) => {
    const guess = () => [0.3, 0.9, -1]
    expect(of(name, guess, bandit).mean).toBeCloseTo(targetValue(bandit), 12)
  })

  it.each(['snips', 'wis', 'wpdis', 'weighted-doubly-robust'])('%s tends to the value', (name) => {
    expect(of(name, () => [0.3, 0.9, -1], bandit).limit).toBeCloseTo(targetValue(bandit), 12)
  })

  it('direct-method and fqe say what their model says', () => {
    for (const name of ['direct-method', 'fqe']) {
      expect(of(name, trueValues(bandit), bandit).mean).toBeCloseTo(targetValue(bandit), 12)
    }
  })
})
