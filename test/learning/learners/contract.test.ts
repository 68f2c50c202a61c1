/** What every listed learner must do. */
import { describe, expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { completeHyperParameters } from '../../../src/learning/learners/hyper-parameters.ts'
import { learners } from '../../../src/learning/learners/index.ts'
import { Training } from '../../../src/learning/training.ts'
import { rowsOf, type Step, tableFor, transitionsOf } from '../hand-made-transitions.ts'

/** Class 1 pays more than class 0 in state 0, less in state 1. Every class is tried often; class 2 never. */
function twoSidedProblem(count: number, seed: number) {
  const random = new RandomStreams(seed).stream('problem')
  const steps = Array.from({ length: count }, (): Step => {
    const state = random() < 0.5 ? 0 : 1
    const chosen = random() < 0.5 ? 0 : 1
    const reward = (chosen === state ? 0 : 1) + (random() - 0.5)
    const next = { state: random() < 0.5 ? 0 : 1, candidates: [0, 1] }
    return { state, candidates: [0, 1], chosen, reward, propensity: 0.5, next }
  })
  return transitionsOf(2, 3, steps)
}

describe.each(learners.all)('$name', (learner) => {
  const settings = { ...completeHyperParameters(learner, { epochs: 10 }), initialValue: -3 }
  const training = twoSidedProblem(2000, 1)
  const validation = twoSidedProblem(500, 2)
  const session = () => {
    const random = new RandomStreams(1).stream('epoch-order')
    return new Training({ learner, settings, training, validation, random })
  }

  test('declares defaults within their ranges, and names that are its own', () => {
    const names = learner.hyperParameters.map((parameter) => parameter.name)
    expect(new Set(names).size).toBe(names.length)
    for (const { default: standard, min, max, integer } of learner.hyperParameters) {
      if (standard === undefined) continue
      expect(standard).toBeGreaterThanOrEqual(min)
      expect(standard).toBeLessThanOrEqual(max)
      if (integer) expect(Number.isInteger(standard)).toBe(true)
    }
  })

  test('learns which class is better where, and an estimate that says so', () => {
    const run = session()
    const reports = [...run.epochs()]
    const { values, report } = run.best!
    expect(values[1]).toBeGreaterThan(values[0]!)
    expect(values[4]).toBeGreaterThan(values[5]!)
    // Half of the decisions agree with the policy, each worth 1 +- 0.29.
    expect(report.policy.value).toBeGreaterThan(0.9)
    expect(report.policy.effectiveSampleSize).toBeGreaterThan(200)
    expect(reports.map(({ epoch }) => epoch)).toEqual(reports.map((_, i) => i + 1))
    const improved = reports.filter((candidate) => candidate.improved)
    expect(improved.at(-1)).toBe(report)
  })

  test('the same seed gives the same bits', () => {
    const [a, b] = [session(), session()]
    expect([...a.epochs()]).toEqual([...b.epochs()])
    expect(a.best!.values).toEqual(b.best!.values)
  })

  test('leaves what is unknown, and what nobody offered, at the initial value', () => {
    const run = session()
    for (const _ of run.epochs());
    const { values } = run.best!
    for (const pair of [2, 3, 6, 7, 8, 9, 10, 11]) expect(values[pair]).toBe(-3)
  })

  test('the objective changes nothing, a sweep only finite numbers', () => {
    const table = tableFor(training)
    learner.objective(table, training, rowsOf(training), settings)
    expect(table).toEqual(tableFor(training))
    expect(learner.sweep(table, training, rowsOf(training), settings)).toBeGreaterThan(0)
    expect(table.values.every(Number.isFinite)).toBe(true)
  })
})
