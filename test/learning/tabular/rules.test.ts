/** What every rule must do that fills a table. */
import { describe, expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { completeHyperParameters } from '../../../src/learning/learners/hyper-parameters.ts'
import { learners, tabularRules } from '../../../src/learning/learners/index.ts'
import { Training } from '../../../src/learning/tabular/tabular-training.ts'
import { uniform } from '../environments/decision-process.ts'
import { distance, learnedAction } from '../environments/learned-policy.ts'
import { sampledLog } from '../environments/logs.ts'
import { identity } from '../environments/random-process.ts'
import { rowsOf, type Step, sweep, tableFor, transitionsOf } from '../hand-made-transitions.ts'

/**
 * Class 1 pays more than class 0 in state 0, less in state 1, and the logger prefers what pays. Classes 0 and 1 are tried
 * often; class 2 never.
 */
function twoSidedProblem(count: number, seed: number) {
  const random = new RandomStreams(seed).stream('problem')
  const states = Array.from({ length: count + 1 }, () => (random() < 0.5 ? 0 : 1))
  const steps = Array.from({ length: count }, (_, i): Step => {
    const state = states[i]!
    const good = random() < 0.7
    const chosen = good ? 1 - state : state
    const reward = (good ? 1 : 0) + (random() - 0.5)
    const next = { state: states[i + 1]!, candidates: [0, 1] }
    const following = i + 1 < count ? i + 1 : -1
    return { state, candidates: [0, 1], chosen, reward, propensity: good ? 0.7 : 0.3, next, following }
  })
  return transitionsOf(2, 3, steps)
}

const training = twoSidedProblem(2000, 1)
const validation = twoSidedProblem(500, 2)

describe.each(tabularRules)('$name', (rule) => {
  const learner = learners.get(rule.name)
  const settings = (gamma: number) => {
    const has = (name: string) => learner.hyperParameters.some((parameter) => parameter.name === name)
    const given = { ...(has('gamma') ? { gamma } : {}), ...(has('epochs') ? { epochs: 10 } : {}) }
    return { ...completeHyperParameters(learner, given), initialValue: -3 }
  }
  const session = (gamma = 0.5) =>
    new Training({ rule, settings: settings(gamma), training, validation, streams: new RandomStreams(1) })

  test.each([0, 0.5])(
    'gamma %d: learns which class is better where, and an estimate that says so',
    (gamma) => {
      const run = session(gamma)
      const reports = [...run.epochs()]
      const { values, report } = run.best!
      expect(values[1]).toBeGreaterThan(values[0]!)
      expect(values[4]).toBeGreaterThan(values[5]!)
      // Most decisions agree with the policy, each worth 1 +- 0.29.
      expect(report.policy.value).toBeGreaterThan(0.9)
      expect(report.policy.effectiveSampleSize).toBeGreaterThan(200)
      expect(reports.map(({ epoch }) => epoch)).toEqual(reports.map((_, i) => i + 1))
      const improved = reports.filter((candidate) => candidate.improved)
      expect(improved.at(-1)).toBe(report)
    },
  )

  test('gamma 0: what was not chosen next makes no difference', () => {
    if (rule.preferences === true) return
    const alone = { ...training, following: new Int32Array(training.count).fill(-1) }
    const given = { rule, settings: settings(0), validation, streams: new RandomStreams(1) }
    const [strung, cut] = [new Training({ ...given, training }), new Training({ ...given, training: alone })]
    for (const _ of strung.epochs());
    for (const _ of cut.epochs());
    for (const pair of [0, 1, 4, 5]) {
      // To the jitter of the last step sizes, since the order of decisions differs.
      expect(Math.abs(strung.best!.values[pair]! - cut.best!.values[pair]!)).toBeLessThan(0.1)
    }
  })

  test('the same seed gives the same bits', () => {
    const [a, b] = [session(), session()]
    expect([...a.epochs()]).toEqual([...b.epochs()])
    expect(a.best!.values).toEqual(b.best!.values)
  })

  test('another seed gives other bits where the order of decisions matters, and the same values where not', () => {
    const [a, b] = [1, 2].map((seed) => {
      const streams = new RandomStreams(seed)
      const run = new Training({ rule, settings: settings(0.5), training, validation, streams })
      for (const _ of run.epochs());
      return run.best!.values
    }) as [Float64Array, Float64Array]
    const exact = ['monte-carlo', 'sarsa-lambda', 'fitted-q-iteration', 'value-iteration'].includes(rule.name)
    if (exact) expect(distance(a, b)).toBeLessThan(1e-9)
    else expect(a).not.toEqual(b)
  })

  test.skipIf(rule.preferences === true)('solves the identity environment', () => {
    const process = identity(6)
    const log = (seed: number) =>
      sampledLog(process, uniform(process), 3000, new RandomStreams(seed).stream('log'))
    for (const gamma of [0, 0.5]) {
      const [train, judge] = [log(1), log(2)]
      const streams = new RandomStreams(1)
      const run = new Training({
        rule,
        settings: settings(gamma),
        training: train,
        validation: judge,
        streams,
      })
      for (const _ of run.epochs());
      const table = { ...tableFor(train), values: run.best!.values }
      expect([0, 1, 2, 3, 4, 5].map(learnedAction(process, table))).toEqual([0, 1, 2, 3, 4, 5])
    }
  })

  test('leaves what is unknown, and what nobody offered, at the initial value', () => {
    const run = session()
    for (const _ of run.epochs());
    const { values } = run.best!
    for (const pair of [2, 3, 6, 7, 8, 9, 10, 11]) expect(values[pair]).toBe(-3)
  })

  test('the objective and the loss change nothing, a sweep only finite numbers', () => {
    const table = tableFor(training)
    rule.objective(table, training, rowsOf(training), settings(0.5))
    rule.loss(table, training, rowsOf(training), settings(0.5))
    expect(table).toEqual(tableFor(training))
    const rows = rule.usable?.(training, 0.5) ?? rowsOf(training)
    const random = new RandomStreams(1).stream('sweep')
    expect(rule.prepare(table, training, settings(0.5)).sweep(rows, random)).toBeGreaterThan(0)
    expect(table.values.every(Number.isFinite)).toBe(true)
  })

  test('sweeps bring the loss down', () => {
    const table = tableFor(training, -3)
    const rows = rule.usable?.(training, 0.5) ?? rowsOf(training)
    const before = rule.loss(table, training, rows, settings(0.5))
    for (let epoch = 0; epoch < 3; epoch++) sweep(rule, table, training, settings(0.5), rows)
    expect(rule.loss(table, training, rows, settings(0.5))).toBeLessThan(before)
  })
})
