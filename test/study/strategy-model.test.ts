/** Strategies from end to end in the virtual world: record them, learn them, and go by what was learned. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { DatasetDescription, ExperienceRecord } from '../../src/experience/record.ts'
import { trainModel } from '../../src/learning/index.ts'
import { STRATEGY_NAMES } from '../../src/routing/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { replay, runScenario } from '../../src/study/index.ts'
import { folderOf } from '../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

const SCENARIO: Scenario = {
  ...smallScenario,
  world: 'virtual',
  accounts: 20,
  maxConcurrentUsers: 20,
  phases: [phaseOf({ users: 10, rampUpMs: 0, pace: 4, durationMs: 200_000 })],
}

const ignore = () => {}

async function record(policy: string) {
  const { directory } = await runScenario({
    loaded: {
      scenario: { ...SCENARIO, routing: { ...SCENARIO.routing, policy } },
      warnings: [],
      source: { file: 'tiny.yaml', dialect: 'native' },
    },
    out: folderOf({ 'keep.txt': '' }),
    train: false,
    evaluate: false,
    jobs: 1,
    signal: new AbortController().signal,
    events: {
      onStart: ignore,
      onProgress: ignore,
      onWorldEnd: ignore,
      onTrainingStart: ignore,
      onEpoch: ignore,
      onReplaysStart: ignore,
      onReplay: ignore,
    },
  })
  const lines = readFileSync(directory.experiences, 'utf8').trimEnd().split('\n')
  return {
    directory: directory.path,
    dataset: JSON.parse(readFileSync(directory.dataset, 'utf8')) as DatasetDescription,
    records: lines.map((line) => JSON.parse(line) as ExperienceRecord),
  }
}

it.each(['q-learning', 'linear-q'])('a model of %s chooses among strategies', async (algorithm) => {
  const { directory } = await record('strategies(choose=uniform)')
  const output = join(folderOf({ 'keep.txt': '' }), 'model')
  const { version } = await trainModel({
    directories: [directory],
    algorithm,
    actions: 'strategy',
    seed: 1,
    output,
  })

  const { dataset, records } = await record(`epsilon-greedy(model:${output}, epsilon=0.1)`)
  expect(dataset.strategies).toEqual(STRATEGY_NAMES)
  for (const { action, propensity, strategyPropensity, policy } of records) {
    expect(policy!.id).toBe(`epsilon-greedy(model(${algorithm}), epsilon=0.1)`)
    expect(policy!.version).toContain(version)
    expect(strategyPropensity!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(strategyPropensity![action!.strategy!.index]).toBeGreaterThan(0)
    expect(propensity![action!.index]).toBeGreaterThan(0)
  }
  // What the model chooses changes with the state, or is at least not all of them alike.
  expect(records.some(({ strategyPropensity }) => strategyPropensity!.includes(1))).toBe(true)

  const { requests, errorRate } = await replay({ scenario: SCENARIO, policy: `model:${output}`, seed: 5 })
  expect(requests).toBeGreaterThan(100)
  expect(errorRate).toBeLessThan(0.05)
})
