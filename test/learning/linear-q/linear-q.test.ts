/** The linear learner through its own door: recorded runs in, a model directory out. */
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { LearningError } from '../../../src/core/index.ts'
import type { ExperienceRecord } from '../../../src/experience/record.ts'
import { loadModel, type TrainModelOptions, trainModel } from '../../../src/learning/index.ts'
import type { LinearQModel } from '../../../src/learning/linear-q/linear-q-model.ts'
import { policyFactory, STRATEGY_NAMES } from '../../../src/routing/index.ts'
import { lastingDirectory } from '../../lasting-directory.ts'
import { type SyntheticRun, syntheticRun, writeRun } from '../synthetic-run.ts'

const service = 'cart-service'
const run = syntheticRun({ decisions: 2000, speeds: [1, 0.5, 0.3] })
const strategiesRun = syntheticRun({
  decisions: 1500,
  speeds: [1, 0.5, 0.3],
  policy: policyFactory('strategies(choose=uniform)')(service),
})

async function train(recorded: SyntheticRun, options: Partial<TrainModelOptions> = {}) {
  const output = join(lastingDirectory(), 'model')
  const directories = [writeRun(recorded, undefined, lastingDirectory())]
  const summary = await trainModel({ directories, algorithm: 'linear-q', seed: 1, output, ...options })
  return { summary, model: loadModel(output) as LinearQModel }
}

/** The run with rewards of which the truth is known. */
function rewarded(recorded: SyntheticRun, rewardOf: (record: ExperienceRecord) => number): SyntheticRun {
  return { ...recorded, records: recorded.records.map((record) => ({ ...record, reward: rewardOf(record) })) }
}

describe('choosing instances', () => {
  test('finds the weights that made the rewards', async () => {
    const made = rewarded(run, ({ state, action }) => 5 - 0.5 * state.instances[action!.index]![0]!)
    const features = { state: [], instance: ['inFlight'] }
    const { model } = await train(made, { features, hyperParameters: { ridge: 0 } })
    const { weights, basis, rows } = model.content
    const { mean, deviation } = rows.description.instance[0]!
    expect(basis.names).toEqual(['constant', 'inFlight'])
    expect(weights[1]! / deviation).toBeCloseTo(-0.5, 4)
    expect(weights[0]! - (weights[1]! * mean) / deviation).toBeCloseTo(5, 4)
  })

  test('its first iteration is the regression of gamma 0, whatever gamma', async () => {
    const weightsOf = async (hyperParameters: Record<string, number>) =>
      Array.from((await train(run, { hyperParameters })).model.content.weights)
    const bandit = await weightsOf({ gamma: 0 })
    expect(await weightsOf({ gamma: 0.9, iterations: 1 })).toEqual(bandit)
    expect(await weightsOf({ gamma: 0.9, iterations: 3 })).not.toEqual(bandit)
  })

  // With a reward of 1 for ever and for all, every value is 1 / (1 - gamma).
  test('with gamma, comes to the fixed point', async () => {
    const always = rewarded(run, ({ decision }) => (decision % 2 === 0 ? 1.5 : 0.5))
    const features = { state: [], instance: ['position'] }
    const hyperParameters = { gamma: 0.5, iterations: 60, patience: 60 }
    const { model } = await train(always, { features, hyperParameters })
    expect(model.content.weights[0]).toBeCloseTo(1 / (1 - 0.5), 1)
  })

  test('with tiles, routes better than its logger', async () => {
    const speeds = [1, 0.5]
    const recorded = syntheticRun({ decisions: 3000, speeds })
    const features = { state: ['load'], instance: ['delay'] }
    const { model } = await train(recorded, { features, hyperParameters: { tilings: 8, tiles: 6 } })
    const fresh = { seed: 99, decisions: 3000, speeds }
    const learned = syntheticRun({ ...fresh, policy: model.createPolicy(service) }).meanLatencyMs
    expect(learned).toBeLessThan(syntheticRun(fresh).meanLatencyMs * 0.8)
  })

  test('routes better than its logger and than least outstanding', async () => {
    const speeds = [1, 0.6, 0.3]
    const logger = policyFactory('epsilon-greedy(least-outstanding, epsilon=0.3)')
    const recorded = syntheticRun({ decisions: 6000, speeds, utilisation: 0.7, policy: logger(service) })
    const { model } = await train(recorded)
    const fresh = { seed: 99, decisions: 8000, speeds, utilisation: 0.7 }
    const latency = (policy: string) =>
      syntheticRun({ ...fresh, policy: policyFactory(policy)(service) }).meanLatencyMs
    const learned = syntheticRun({ ...fresh, policy: model.createPolicy(service) }).meanLatencyMs
    expect(learned).toBeLessThan(latency('least-outstanding'))
    expect(learned).toBeLessThan(latency('epsilon-greedy(least-outstanding, epsilon=0.3)'))
  })

  test('says what decides, the greatest weight first', async () => {
    const made = rewarded(run, ({ state, action }) => 5 - 0.5 * state.instances[action!.index]![0]!)
    const { model } = await train(made)
    const weights = model.inWords(100).map((line) => Math.abs(Number.parseFloat(line)))
    expect(weights).toEqual(weights.toSorted((a, b) => b - a))
    expect(model.inWords(2)).toHaveLength(2)
    expect(model.inWords(100).some((line) => / (constant|load|dearness)$/.test(line))).toBe(false)
  })
})

describe.each(['linear-q', 'q-learning'])('choosing strategies by %s', (algorithm) => {
  const FAVOURITE = 2
  const actions = 'strategy'
  let favoured: SyntheticRun

  beforeAll(() => {
    favoured = rewarded(strategiesRun, ({ action }) => (action!.strategy!.index === FAVOURITE ? 1 : 0))
  })

  test('goes by the one that the rewards favour, and tells both propensities', async () => {
    // One feature only, so that the data shows all strategies in all states.
    const { model } = await train(favoured, {
      algorithm,
      actions,
      features: { state: ['load'], instance: [] },
    })
    const policy = model.createPolicy(service)
    const { records } = syntheticRun({ seed: 7, decisions: 200, speeds: [1, 0.5, 0.3], policy })
    for (const { strategyPropensity, action, propensity } of records.slice(20)) {
      expect(strategyPropensity).toEqual(STRATEGY_NAMES.map((_, s) => (s === FAVOURITE ? 1 : 0)))
      expect(action!.strategy!.index).toBe(FAVOURITE)
      expect(propensity![action!.index]).toBeGreaterThan(0)
    }
  })

  test('never goes by a strategy that the log does not show, however bad the others are', async () => {
    const shown = favoured.records.filter(({ action }) => [0, 3].includes(action!.strategy!.index))
    const records = shown.map((record, i) => ({ ...record, reward: -10 - (i % 3) }))
    const { model } = await train({ ...favoured, records }, { algorithm, actions })
    const policy = model.createPolicy(service)
    const chosen = new Set(
      syntheticRun({ seed: 7, decisions: 200, policy }).records.map(({ action }) => action!.strategy!.index),
    )
    expect([...chosen].every((strategy) => [0, 3].includes(strategy))).toBe(true)
  })

  test('a log without strategies, or with one only, is refused with what to do', async () => {
    await expect(train(run, { algorithm, actions })).rejects.toThrow(LearningError)
    await expect(train(run, { algorithm, actions })).rejects.toThrow(
      /no recorded decision of a split names a strategy: record with the policy "strategies\(choose=uniform\)"/,
    )
    const one = favoured.records.filter(({ action }) => action!.strategy!.index === 1)
    await expect(train({ ...favoured, records: one }, { algorithm, actions })).rejects.toThrow(
      /nothing to learn: every decision .*: record with the policy/,
    )
  })
})

test.each<[string, Parameters<typeof syntheticRun>[0], Partial<TrainModelOptions>, RegExp]>([
  ['one instance', { speeds: [1] }, {}, /just one eligible instance/],
  ['no instance feature', {}, { features: { state: ['load'], instance: [] } }, /no instance feature/],
  [
    'too many tiles',
    {},
    { hyperParameters: { tilings: 32, tiles: 32 } },
    /weights, more than 2500: choose fewer/,
  ],
])('refuses %s', async (_, options, trainOptions, message) => {
  const refused = train(syntheticRun({ decisions: 60, ...options }), trainOptions)
  await expect(refused).rejects.toThrow(LearningError)
  await expect(refused).rejects.toThrow(message)
})

test('refuses a log in which every decision took the same instance', async () => {
  const policy = { ...policyFactory('round-robin')(service) }
  const first = syntheticRun({
    decisions: 60,
    policy: {
      ...policy,
      choose: (_observation, _random, propensities) => {
        propensities.fill(0)
        propensities[0] = 1
        return 0
      },
    },
  })
  await expect(train(first)).rejects.toThrow(
    /every decision chose the same instance: record with a policy that explores/,
  )
})

test('where requests in flight are not known, the policy that is judged falls back, as the one in service does', async () => {
  const blind = (state: ExperienceRecord['state']) => ({
    ...state,
    instances: state.instances.map((row) => row!.map((value, f) => (f === 0 ? null : value))),
  })
  const records = run.records.map((record) => ({ ...record, state: blind(record.state) }))
  const { summary } = await train({ ...run, records }, { features: { state: [], instance: ['position'] } })
  expect(summary.metrics.fallbackShare).toBe(1)
  expect(summary.metrics.agreementWithLogger).toBeCloseTo(1 / 3, 12)
})
