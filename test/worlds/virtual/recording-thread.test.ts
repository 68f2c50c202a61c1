import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { WorldError } from '../../../src/core/index.ts'
import { JsonlFile } from '../../../src/experience/index.ts'
import { policyFactory, type ServiceRouter } from '../../../src/routing/index.ts'
import type { Scenario } from '../../../src/scenario/index.ts'
import { RunStatistics } from '../../../src/study/index.ts'
import {
  createExperienceLog,
  DecisionStatistics,
  logNames,
  RecordingThread,
  runVirtual,
} from '../../../src/worlds/index.ts'
import type { RecordingResults } from '../../../src/worlds/virtual/open-recording.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'loadgen-recording-'))
afterAll(() => rmSync(FOLDER, { recursive: true }))

const SCENARIO = {
  ...smallScenario,
  accounts: 40,
  maxConcurrentUsers: 40,
  phases: [phaseOf({ users: 40, pace: 6, durationMs: 600_000 })],
}
const RUN = {
  scenario: SCENARIO,
  seed: 5,
  policies: policyFactory('epsilon-greedy(peak-ewma, epsilon=0.3)'),
  decisions: new DecisionStatistics(),
}
const names = (routers: readonly ServiceRouter[]) => logNames({ run: 'r', scenario: SCENARIO, routers })

/** Records a run with and without a thread, and compares the bytes. */
async function bothWays(scenario: Scenario, policy: string): Promise<RecordingResults> {
  const policies = policyFactory(policy)
  const inside = join(FOLDER, 'inside.jsonl')
  const file = await JsonlFile.create(inside)
  const own = await runVirtual({
    ...RUN,
    scenario,
    policies,
    observer: new RunStatistics(scenario),
    record: (routers) => createExperienceLog({ run: 'r', scenario, routers, sink: file }),
    files: [file],
  })
  await file.close()

  const outside = join(FOLDER, 'outside.jsonl')
  const threaded = await runVirtual({
    ...RUN,
    scenario,
    policies,
    observer: new RunStatistics(scenario),
    record: (routers) => new RecordingThread(outside, logNames({ run: 'r', scenario, routers })),
  })
  const results = await threaded.log!.finish()
  expect(results.recorded).toBe(own.log!.recorded)
  expect(results.decisions).toBe(own.log!.decisions)
  expect(results.rewards).toEqual(own.log!.rewards.means())
  expect(readFileSync(outside).equals(readFileSync(inside))).toBe(true)
  return results
}

describe('RecordingThread', () => {
  it.each([
    'epsilon-greedy(peak-ewma, epsilon=0.3)',
    'strategies',
    'shadow(backpressure(power-of-two-choices, limit=fixed, cap=2), strategies(choose=bandit))',
    'epsilon-greedy(shadow(strategies, random), epsilon=0.3)',
    'hedging(random, afterMs=15)',
  ])('writes the very bytes that a log in the same thread writes: %s', async (policy) => {
    const results = await bothWays(SCENARIO, policy)
    expect(results.recorded).toBeGreaterThan(5_000)
  })

  it('writes them without a thread where all of a short run fits into one batch', async () => {
    const phases = [phaseOf({ users: 5, pace: 6, durationMs: 20_000 })]
    const results = await bothWays({ ...SCENARIO, phases }, 'random')
    expect(results.recorded).toBeGreaterThan(10)
    expect(results.recorded).toBeLessThan(300)
  })

  it('tells when the file cannot be written', async () => {
    const run = runVirtual({
      ...RUN,
      observer: new RunStatistics(SCENARIO),
      record: (routers) => new RecordingThread(join(FOLDER, 'no', 'such', 'folder.jsonl'), names(routers)),
    })
    const { log } = await run
    await expect(log!.finish()).rejects.toThrow(WorldError)
    await expect(log!.drained()).resolves.toBeUndefined()
    expect(log!.error?.message).toMatch(/folder\.jsonl: cannot be written/)
  })
})
