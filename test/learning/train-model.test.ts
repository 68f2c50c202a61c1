import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError, LearningError, UsageError } from '../../src/core/index.ts'
import { loadModel, type TrainModelOptions, trainModel } from '../../src/learning/index.ts'
import type { TabularModel } from '../../src/learning/tabular/tabular-model.ts'
import { type Policy, policyFactory } from '../../src/routing/index.ts'
import { type SyntheticRun, syntheticRun, temporaryDirectory, writeRun } from './synthetic-run.ts'

const run = syntheticRun({ decisions: 3000 })

function train(directories: readonly string[], options: Partial<TrainModelOptions> = {}) {
  const output = join(temporaryDirectory(), 'model')
  return trainModel({ directories, algorithm: 'cql', seed: 1, output, ...options })
}

function bytesOf(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  )
}

test('writes a model and says how it went', async () => {
  const summary = await train([writeRun(run)])
  expect(readdirSync(summary.output).sort()).toEqual([
    'action_mappings.json',
    'model.json',
    'q_table.json',
    'state_encoder.json',
  ])
  const { metrics } = summary
  expect(metrics.transitions).toEqual({ training: 2400, validation: 600 })
  expect(metrics.skipped).toEqual({})
  expect(metrics.facts.coverage).toBeGreaterThan(0.9)
  expect(metrics.estimatedReward!).toBeGreaterThan(metrics.loggedReward)
  expect(metrics.effectiveSampleSize).toBeGreaterThan(100)
  expect(metrics.bestEpoch).toBeLessThanOrEqual(summary.epochs.length)
  const model = loadModel(summary.output) as TabularModel
  expect(model.version).toBe(summary.version)
  const visits = Object.values(model.content.qTable)
    .flatMap((row) => Object.values(row))
    .reduce((sum, entry) => sum + entry.visits, 0)
  expect(visits).toBe(2400)
})

test('the same data and seed give the same bytes, wherever the files are', async () => {
  const [a, b] = [await train([writeRun(run)]), await train([writeRun(run)])]
  expect(bytesOf(a.output)).toEqual(bytesOf(b.output))
  const text = Object.values(bytesOf(a.output)).join('')
  expect(text).not.toContain('/')
})

test('another seed or other data give another model', async () => {
  const { version } = await train([writeRun(run)])
  expect((await train([writeRun(run)], { seed: 2 })).version).not.toBe(version)
  const changed = { ...run.records[7]!, reward: run.records[7]!.reward! - 0.001 }
  const records = run.records.with(7, changed)
  expect((await train([writeRun({ ...run, records })])).version).not.toBe(version)
})

describe('on queues of three speeds', () => {
  const speeds = [1, 0.6, 0.3]
  const LOGGER = 'epsilon-greedy(least-outstanding, epsilon=0.3)'
  const logged = [0.4, 0.6, 0.8].map((utilisation, seed) => {
    const policy = policyFactory(LOGGER)('cart-service')
    return syntheticRun({ seed, decisions: 4000, speeds, utilisation, policy })
  })
  const latencyOf = (policy: Policy) =>
    syntheticRun({ seed: 99, decisions: 8000, speeds, utilisation: 0.7, policy }).meanLatencyMs
  const [logger, least] = [LOGGER, 'least-outstanding'].map((text) =>
    latencyOf(policyFactory(text)('cart-service')),
  )

  test.each(['q-learning', 'cql', 'double-q', 'monte-carlo'])(
    '%s routes better than its logger and than least outstanding',
    async (algorithm) => {
      const { output } = await train(
        logged.map((one) => writeRun(one)),
        { algorithm },
      )
      const learned = latencyOf(loadModel(output).createPolicy('cart-service'))
      expect(learned).toBeLessThan(least!)
      expect(learned).toBeLessThan(logger!)
    },
  )
})

test('a model trained on two instances serves ten of other names', async () => {
  const { output } = await train([writeRun(syntheticRun({ decisions: 6000, speeds: [1, 0.4] }))])
  const policy = (loadModel(output) as TabularModel).createPolicy('cart-service')
  const speeds = [1, 1, 1, 1, 1, 0.4, 0.4, 0.4, 0.4, 0.4]
  const wide = { seed: 5, decisions: 8000, speeds, instancePrefix: 'other' }
  const learned = syntheticRun({ ...wide, policy })
  expect(learned.meanLatencyMs).toBeLessThan(syntheticRun(wide).meanLatencyMs / 2)
  expect(policy.fallbacks).toBeLessThan(80)
})

test('lines that cannot be used are counted by reason, and reported', async () => {
  const lines = run.records.map((record) => JSON.stringify(record))
  const unanswered = JSON.stringify({ ...run.records[5], outcome: null, reward: null })
  const { metrics, problems } = await train([
    writeRun(run, [unanswered, ...lines, 'garbage', '{}', '{"v":1']),
  ])
  expect(metrics.skipped).toEqual({ garbage: 2, foreign: 1, 'no-outcome': 1 })
  expect(problems).toHaveLength(3)
  expect(problems[0]).toMatch(/experiences\.jsonl:3002: garbage/)
})

test('without propensities it trains, and gives no estimate instead of a wrong one', async () => {
  const records = run.records.map((record) => ({ ...record, propensity: [] }))
  const { metrics } = await train([writeRun({ ...run, records })])
  expect(metrics).toMatchObject({
    estimatedReward: null,
    effectiveSampleSize: 0,
    withoutPropensity: 600,
  })
})

test('transitions without a next state are left out of a discounted training, and used by a bandit', async () => {
  const records = run.records.map((record, i) =>
    i % 3 === 0 ? { ...record, next: null, truncated: true } : record,
  )
  const directory = writeRun({ ...run, records })
  // Every third, and the last, which the run never went on from.
  expect((await train([directory])).metrics.facts.withoutNext).toBe(1001)
  expect((await train([directory], { hyperParameters: { gamma: 0 } })).metrics.facts.withoutNext).toBe(0)
})

test('stopping keeps the best epoch so far; stopping before the first keeps nothing', async () => {
  let asked = 0
  const stopped = await train([writeRun(run)], { shouldStop: () => asked++ >= 1 })
  expect(stopped).toMatchObject({ stopped: true, metrics: { bestEpoch: 1 } })
  expect(stopped.epochs).toHaveLength(1)
  loadModel(stopped.output)

  const output = join(temporaryDirectory(), 'model')
  await expect(train([writeRun(run)], { output, shouldStop: () => true })).rejects.toThrow(
    /before the first epoch/,
  )
  expect(existsSync(output)).toBe(false)
})

test('onEpoch is awaited', async () => {
  const seen: string[] = []
  await train([writeRun(run)], {
    hyperParameters: { epochs: 2 },
    onEpoch: async ({ epoch }) => {
      seen.push(`begin ${epoch}`)
      await Promise.resolve()
      seen.push(`end ${epoch}`)
    },
  })
  expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
})

describe('refuses, and says how to fix it,', () => {
  const edit = (change: (record: SyntheticRun['records'][number]) => object) =>
    writeRun(
      run,
      run.records.map((record) => JSON.stringify(change(record))),
    )

  test('an unknown learner, feature or hyper-parameter', async () => {
    await expect(train([], { algorithm: 'cqll' })).rejects.toThrow(
      /unknown learner "cqll" \(did you mean "cql"\?\)/,
    )
    await expect(train([], { hyperParameters: { alhpa: 1 } })).rejects.toThrow(UsageError)
    const features = { state: ['load'], instance: ['inflight'] }
    await expect(train([writeRun(run)], { features })).rejects.toThrow(/did you mean "inFlight"/)
  })

  test('no data, the same data twice, too little data', async () => {
    await expect(train([])).rejects.toThrow(/at least one run directory/)
    const directory = writeRun(run)
    await expect(train([directory, directory])).rejects.toThrow(/named twice/)
    const short = syntheticRun({ decisions: 4 })
    await expect(
      train([writeRun(short, [...short.records.map((r) => JSON.stringify(r)), 'x'])]),
    ).rejects.toThrow(
      /: 4 usable decisions \(left out: 1 garbage; the first: .*:5: garbage: .*\): expected at least 5/,
    )
  })

  test('a log without rewards, or without a choice', async () => {
    await expect(train([edit((record) => ({ ...record, reward: null }))])).rejects.toThrow(DataError)
    await expect(train([writeRun(syntheticRun({ speeds: [1] }))])).rejects.toThrow(
      /just one eligible instance/,
    )
  })

  test('a discount on a log without next states', async () => {
    const directory = edit((record) => ({ ...record, next: null }))
    await expect(train([directory])).rejects.toThrow(/train with gamma=0/)
    await train([directory], { hyperParameters: { gamma: 0 } })
  })

  test('data with other features', async () => {
    const description = { ...run.description, instanceFeatures: ['inFlight', 'colour'] }
    await expect(train([writeRun({ ...run, description })])).rejects.toThrow(
      /recorded with other features: instanceFeatures: colour not observed/,
    )
  })

  test('to overwrite what is no model', async () => {
    const output = join(temporaryDirectory(), 'precious')
    mkdirSync(output)
    writeFileSync(join(output, 'thesis.txt'), 'ten years')
    await expect(train([writeRun(run)], { output })).rejects.toThrow(LearningError)
    await expect(train([writeRun(run)], { output })).rejects.toThrow(/is not empty and holds no model/)
    expect(readdirSync(output)).toEqual(['thesis.txt'])
  })
})
