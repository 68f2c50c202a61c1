import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DataError, WorldError } from '../../../src/core/index.ts'
import { RewardSums } from '../../../src/experience/index.ts'
import {
  keepStatistics,
  RunStatistics,
  readStatistics,
  type SummaryInput,
  summarize,
} from '../../../src/study/index.ts'
import { DecisionStatistics } from '../../../src/worlds/index.ts'
import { folderOf } from '../../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { finishedRequest } from '../finished-request.ts'

const SCENARIO = { ...smallScenario, phases: [phaseOf({ durationMs: 60_000 })] }

function inputOf(): SummaryInput {
  const statistics = new RunStatistics(SCENARIO)
  statistics.onUsers(0, 3, [3])
  statistics.onRequest(finishedRequest({ startMs: 1_002.5 }))
  statistics.onRequest(finishedRequest({ reply: { status: 503 }, failure: '503', expected: false }))
  statistics.onCheck('token', true)
  const decisions = new DecisionStatistics()
  decisions.onAnswer(1, 1, 12.5, false)
  decisions.onShed(2)
  const rewards = new RewardSums()
  rewards.add({ latency: -0.5, error: 0, throughput: -1, balance: Number.NaN, satisfaction: 1 }, -0.25)
  return {
    runId: 'r-1',
    scenario: SCENARIO,
    source: 'shop.yaml',
    seed: 5,
    policy: 'random',
    target: 'embedded',
    startedAt: new Date('2026-05-04T03:02:01.000Z'),
    endMs: 60_000,
    wallMs: 1_234,
    interrupted: false,
    stopped: null,
    statistics,
    decisions,
    captured: undefined,
    experience: { decisions: 2, recorded: 1, file: '/old/experiences.jsonl', rewards: rewards.means() },
    warnings: ['careful'],
  }
}

function keptFile(): string {
  const file = path.join(folderOf({ 'made.txt': '' }), 'statistics.json')
  keepStatistics(file, inputOf())
  return file
}

describe('statistics.json', () => {
  it('is all that the summary is made of', () => {
    const read = readStatistics(keptFile(), SCENARIO, '/new/experiences.jsonl')
    const { experience, ...summary } = summarize(inputOf())
    const { experience: readExperience, ...again } = summarize(read)
    expect(again).toEqual(summary)
    expect(readExperience).toEqual({ ...experience, file: '/new/experiences.jsonl' })
  })

  it('has the same bytes when it is kept again', () => {
    const file = keptFile()
    const before = readFileSync(file, 'utf8')
    keepStatistics(file, readStatistics(file, SCENARIO, '/x'))
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('is refused where it is missing, cut off, or of another version, with what to do', () => {
    const file = keptFile()
    const read = (): SummaryInput => readStatistics(file, SCENARIO, '/x')
    const text = readFileSync(file, 'utf8')
    expect(() => readStatistics(`${file}.none`, SCENARIO, '/x')).toThrow(
      /no such file: .*one that was killed has none/,
    )
    truncateSync(file, text.length / 2)
    expect(read).toThrow(DataError)
    expect(read).toThrow(`${file}: cut off, or no JSON`)
    writeFileSync(file, text.replace('{"version":1', '{"version":9'))
    expect(read).toThrow(`${file}: version: expected 1, got 9`)
    for (const changed of ['null', '[]', '{"version":1}']) {
      writeFileSync(file, changed)
      expect(read, changed).toThrow(DataError)
    }
    const facts = { startedAt: 'yesterday', endMs: null, wallMs: '5', warnings: null, interrupted: 1 }
    for (const [name, wrong] of Object.entries(facts)) {
      writeFileSync(file, JSON.stringify({ ...JSON.parse(text), [name]: wrong }))
      expect(read).toThrow(`not as "loadgen run" writes it: copy it again, or record the run again (${name})`)
    }
  })

  it('says where it cannot be written', () => {
    const keep = (): void => keepStatistics(path.join(keptFile(), 'no', 'folder.json'), inputOf())
    expect(keep).toThrow(WorldError)
    expect(keep).toThrow('folder.json: cannot be written')
  })
})
