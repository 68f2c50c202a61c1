import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LearningError } from '../../src/core/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { type FinishedRun, type RunScenarioOptions, runScenario } from '../../src/study/index.ts'
import { fileOf, folderOf } from '../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

const SCENARIO: Scenario = {
  ...smallScenario,
  world: 'virtual',
  accounts: 20,
  maxConcurrentUsers: 20,
  phases: [phaseOf({ users: 10, rampUpMs: 0, pace: 4, durationMs: 300_000 })],
  training: { algorithm: 'q-learning' },
  evaluation: { policies: ['round-robin', 'least-outstanding'], seeds: 2 },
}

interface Followed extends FinishedRun {
  /** What the run told on the way, without repetitions. */
  readonly told: readonly string[]
}

async function follow(
  options: Partial<RunScenarioOptions> & { scenario?: Scenario } = {},
): Promise<Followed> {
  const { scenario = SCENARIO, ...others } = options
  const told: string[] = []
  const tell = (word: string) => () => {
    if (told.at(-1) !== word) told.push(word)
  }
  const finished = await runScenario({
    loaded: { scenario, warnings: ['careful'], source: { file: 'tiny.yaml', dialect: 'native' } },
    out: folderOf({ 'keep.txt': '' }),
    train: false,
    evaluate: false,
    jobs: 1,
    signal: new AbortController().signal,
    events: {
      onStart: tell('start'),
      onProgress: tell('progress'),
      onWorldEnd: tell('end'),
      onTrainingStart: tell('training'),
      onEpoch: tell('epoch'),
      onReplaysStart: tell('replays'),
      onReplay: tell('replay'),
    },
    ...others,
  })
  return { ...finished, told }
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}

describe('runScenario', () => {
  it('leaves the files of the run, with as many lines as the summary says', async () => {
    const { summary, directory, told } = await follow()
    expect(told).toEqual(['start', 'progress', 'end'])
    expect(summary).toMatchObject({ world: 'virtual', interrupted: false, training: null, comparison: null })
    expect(summary.warnings).toEqual(['careful'])
    expect(summary.requests).toBeGreaterThan(100)
    expect(linesOf(directory.requests)).toHaveLength(summary.requests)
    expect(linesOf(directory.experiences)).toHaveLength(summary.experience.recorded)
    expect(summary.experience.decisions).toBe(summary.experience.recorded)
    expect(JSON.parse(readFileSync(directory.dataset, 'utf8')).run).toBe(summary.runId)
    expect(JSON.parse(readFileSync(directory.manifest, 'utf8'))).toMatchObject({
      run: summary.runId,
      seed: SCENARIO.seed,
    })
    expect(readFileSync(directory.log, 'utf8')).toContain('careful')
  })

  it('writes the same bytes for the same seed, and others for another', async () => {
    const [first, again, other] = [
      await follow(),
      await follow(),
      await follow({ scenario: { ...SCENARIO, seed: SCENARIO.seed + 1 } }),
    ].map(({ directory }) =>
      [directory.experiences, directory.requests].map((file) => readFileSync(file, 'utf8')),
    )
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })

  it('trains on what it recorded, and replays the model against every baseline', async () => {
    const { summary, directory, told } = await follow({ train: true, evaluate: true })
    expect(told).toEqual(['start', 'progress', 'end', 'training', 'epoch', 'replays', 'replay'])
    expect(summary.training).toMatchObject({ algorithm: 'q-learning', model: directory.model })
    expect(summary.training!.curve).toHaveLength(summary.training!.epochs)
    expect(existsSync(directory.model)).toBe(true)
    const { comparison } = summary
    expect(comparison!.rows.map(({ policy }) => policy).toSorted()).toEqual([
      'learned',
      'least-added-delay',
      'least-outstanding',
      'round-robin',
    ])
    expect(comparison!.seeds).toHaveLength(2)
    expect(comparison!.seeds).not.toContain(SCENARIO.seed)
  })

  it('keeps what there is when it is interrupted, and does not train then', async () => {
    const stop = new AbortController()
    stop.abort()
    const { summary, directory, told } = await follow({ train: true, evaluate: true, signal: stop.signal })
    expect(summary.interrupted).toBe(true)
    expect(told).toEqual(['start', 'progress', 'end'])
    expect(linesOf(directory.requests)).toHaveLength(summary.requests)
  })

  it('draws the faults, lets them act, and tells what each did', async () => {
    const window = { startMs: 60_000, durationMs: 60_000 }
    const instances = ['inventory-service-1', 'inventory-service-2']
    const fault = { ...window, kind: 'black-hole', instances, share: 0.5, parameters: { rate: 1 } }
    const { summary } = await follow({ scenario: { ...SCENARIO, faults: [fault] } })
    expect(summary.faults).toMatchObject([{ what: 'black-hole', startMs: 60_000, endMs: 120_000 }])
    expect(summary.faults[0]!.instances).toHaveLength(1)
    expect(summary.faults[0]!.errorRate).toBeGreaterThan(0.05)
    expect(summary.outsideFaults!.errorRate).toBeLessThan(summary.faults[0]!.errorRate / 5)
    expect(summary.faults[0]!.requests + summary.outsideFaults!.requests).toBe(summary.requests)
    expect(summary.retries).toMatchObject({ requests: summary.requests, attempts: summary.requests })
  })

  it('keeps what there is of a run that was stopped, says why, and does not train', async () => {
    const scenario = { ...SCENARIO, maxEvents: 2_000 }
    const { summary, directory, told } = await follow({ scenario, train: true, evaluate: true })
    expect(summary.stopped).toMatch(/^the budget of 2000 events was spent at \d/)
    expect(summary).toMatchObject({ interrupted: false, training: null, warnings: ['careful'] })
    expect(told).toEqual(['start', 'progress', 'end'])
    expect(summary.requests).toBeGreaterThan(10)
    expect(linesOf(directory.requests)).toHaveLength(summary.requests)
    expect(linesOf(directory.experiences)).toHaveLength(summary.experience.recorded)
    expect(readFileSync(directory.log, 'utf8')).toContain('stopped: the budget')
  })

  it('keeps summary and model when a replay fails, and says why there is no comparison', async () => {
    const scenario = { ...SCENARIO, evaluation: { policies: ['model:missing'], seeds: 1 } }
    const { summary } = await follow({ scenario, train: true, evaluate: true })
    expect(summary.training).not.toBeNull()
    expect(summary.comparison).toBeNull()
    expect(summary.warnings.at(-1)).toMatch(/^not compared: .*model.json: cannot be read/)
  })

  it('keeps the summary when there is too little to learn from, and says why', async () => {
    const scenario = { ...SCENARIO, phases: [phaseOf({ users: 1, durationMs: 1, rampUpMs: 0 })] }
    const { summary } = await follow({ scenario, train: true })
    expect(summary.training).toBeNull()
    expect(summary.warnings.at(-1)).toMatch(/^not trained: /)
  })

  it('finds a model that cannot be used before it makes anything', async () => {
    const out = folderOf({ 'keep.txt': '' })
    const scenario = { ...SCENARIO, routing: { ...SCENARIO.routing, policy: 'model:missing' } }
    await expect(follow({ scenario, out })).rejects.toThrow(LearningError)
    expect(readdirSync(out)).toEqual(['keep.txt'])
  })

  it('cannot write where a file is in the way', async () => {
    await expect(follow({ out: fileOf('in the way') })).rejects.toThrow('choose another with --out')
  })
})
