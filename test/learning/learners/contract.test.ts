/** What every listed learner must do, whatever it learns. */
import { describe, expect, test } from 'vitest'
import { LearningError, RandomStreams } from '../../../src/core/index.ts'
import { readRecordedData } from '../../../src/learning/data/recorded-data.ts'
import { completeHyperParameters } from '../../../src/learning/learners/hyper-parameters.ts'
import { learners } from '../../../src/learning/learners/index.ts'
import type { Learner, Trainer } from '../../../src/learning/learners/learner.ts'
import { type SyntheticRun, syntheticRun, writeRun } from '../synthetic-run.ts'

const run = syntheticRun({ decisions: 600, speeds: [1, 0.5, 0.3] })

/** So little that a search or a network ends soon; what a learner does not have is left out. */
const SHORT: Readonly<Record<string, number>> = {
  epochs: 4,
  generations: 3,
  population: 6,
  requests: 300,
  iterations: 4,
  updates: 40,
  batchSize: 32,
}

function begin(learner: Learner, recorded: SyntheticRun = run, given: Record<string, number> = {}, seed = 1) {
  const streams = new RandomStreams(seed)
  const short = Object.fromEntries(
    learner.hyperParameters.filter(({ name }) => name in SHORT).map(({ name }) => [name, SHORT[name]!]),
  )
  const settings = completeHyperParameters(learner, { ...short, ...given })
  const data = readRecordedData([writeRun(recorded)], learner.features.instance, streams.stream('row-order'))
  return learner.begin({ data, settings, actions: 'instance', streams })
}

/** What it comes to: the reports of its epochs and the files of its model. */
async function end(trainer: Trainer) {
  const reports = []
  for (let report = await trainer.next(); report !== undefined; report = await trainer.next())
    reports.push(report)
  return { reports, content: trainer.best!.content, facts: trainer.best!.facts, settings: trainer.settings }
}

describe.each(learners.all.filter(({ actions }) => actions.includes('instance')))('$name', (learner) => {
  let ended: ReturnType<typeof end> | undefined
  const whole = () => (ended ??= end(begin(learner)))

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

  test('the same data and seed come to the same bytes', async () => {
    const again = await end(begin(learner))
    expect(JSON.stringify(again)).toBe(JSON.stringify(await whole()))
  })

  test('what is saved after an epoch, and restored elsewhere, comes to the same end', async () => {
    const { content, reports } = await whole()
    const interrupted = begin(learner)
    await interrupted.next()
    const { facts, arrays } = interrupted.save()
    const copied = Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()]))
    // The interrupted one goes on, which must not change what it has saved.
    await interrupted.next()
    const resumed = begin(learner)
    resumed.restore({ facts: JSON.parse(JSON.stringify(facts)), arrays: copied })
    const rest = await end(resumed)
    expect(JSON.stringify(rest.content)).toBe(JSON.stringify(content))
    expect(rest.reports).toEqual(reports.slice(1))
  })

  test('what comes out is finite, and names a model of its kind', async () => {
    const { reports, content } = await whole()
    expect(reports.length).toBeGreaterThan(0)
    for (const { trainingLoss, validationLoss } of reports) {
      expect(Number.isFinite(trainingLoss)).toBe(true)
      expect(Number.isFinite(validationLoss)).toBe(true)
    }
    JSON.stringify(content, (_, value) => {
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
      return value
    })
  })

  test.skipIf(!learner.hyperParameters.some(({ name }) => name === 'gamma'))(
    'gamma 0 learns from decisions of which nobody knows what followed',
    async () => {
      const records = run.records.map((record) => ({ ...record, next: null, truncated: true }))
      const { reports } = await end(begin(learner, { ...run, records }, { gamma: 0 }))
      expect(reports.length).toBeGreaterThan(0)
    },
  )

  test('a log in which nothing could have been chosen otherwise is refused', async () => {
    const alone = syntheticRun({ decisions: 100, speeds: [1] })
    const train = async () => end(begin(learner, alone))
    await expect(train()).rejects.toThrow(LearningError)
    await expect(train()).rejects.toThrow(/nothing to learn.* 2 or more instances/)
  })
})
