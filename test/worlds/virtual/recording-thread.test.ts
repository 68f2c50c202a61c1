import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { WorldError } from '../../../src/core/index.ts'
import { JsonlFile } from '../../../src/experience/index.ts'
import { policyFactory, type ServiceRouter } from '../../../src/routing/index.ts'
import { RunStatistics } from '../../../src/study/index.ts'
import {
  createExperienceLog,
  DecisionStatistics,
  logNames,
  RecordingThread,
  runVirtual,
} from '../../../src/worlds/index.ts'
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

describe('RecordingThread', () => {
  it.each([
    'epsilon-greedy(peak-ewma, epsilon=0.3)',
    'strategies',
    'shadow(backpressure(power-of-two-choices, limit=fixed, cap=2), strategies(choose=bandit))',
    'epsilon-greedy(shadow(strategies, random), epsilon=0.3)',
    'hedging(random, afterMs=15)',
  ])('writes the very bytes that a log in the same thread writes: %s', async (policy) => {
    const policies = policyFactory(policy)
    const inside = join(FOLDER, 'inside.jsonl')
    const file = await JsonlFile.create(inside)
    const own = await runVirtual({
      ...RUN,
      policies,
      observer: new RunStatistics(SCENARIO),
      record: (routers) => createExperienceLog({ run: 'r', scenario: SCENARIO, routers, sink: file }),
      files: [file],
    })
    await file.close()

    const outside = join(FOLDER, 'outside.jsonl')
    const threaded = await runVirtual({
      ...RUN,
      policies,
      observer: new RunStatistics(SCENARIO),
      record: (routers) => new RecordingThread(outside, names(routers)),
    })
    const results = await threaded.log!.finish()

    expect(results.recorded).toBeGreaterThan(5_000)
    expect(results.recorded).toBe(own.log!.recorded)
    expect(results.decisions).toBe(own.log!.decisions)
    expect(results.rewards).toEqual(own.log!.rewards.means())
    expect(readFileSync(outside).equals(readFileSync(inside))).toBe(true)
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
