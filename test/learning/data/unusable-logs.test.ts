/** Logs that nothing can be learned from: each is refused by all learners alike, and the message says why. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DataError, LearningError } from '../../../src/core/index.ts'
import type { ExperienceRecord } from '../../../src/experience/record.ts'
import { trainModel } from '../../../src/learning/index.ts'
import { type Policy, policyFactory } from '../../../src/routing/index.ts'
import { type SyntheticRun, syntheticRun, temporaryDirectory, writeRun } from '../synthetic-run.ts'

const run = syntheticRun({ decisions: 200 })
const FAMILIES = ['q-learning', 'behaviour-cloning', 'linear-q', 'dqn', 'discrete-bcq']

function train(recorded: SyntheticRun, algorithm: string, lines?: readonly string[]) {
  const output = join(temporaryDirectory(), 'model')
  return trainModel({ directories: [writeRun(recorded, lines)], algorithm, seed: 1, output })
}

function changed(change: (record: ExperienceRecord) => Partial<ExperienceRecord>): SyntheticRun {
  return { ...run, records: run.records.map((record) => ({ ...record, ...change(record) })) }
}

const always: Policy = {
  id: 'always-the-first',
  version: '1',
  choose: ({ count }, _random, propensities) => {
    propensities.fill(0, 0, count)
    propensities[0] = 1
    return 0
  },
}

test.each(FAMILIES)('%s: one action only, however its state varies', async (algorithm) => {
  const training = train(syntheticRun({ decisions: 200, utilisation: 0.3, policy: always }), algorithm)
  await expect(training).rejects.toThrow(LearningError)
  await expect(training).rejects.toThrow(/every decision chose the same instance: record with .*epsilon/)
})

test.each(FAMILIES)('%s: one instance', async (algorithm) => {
  const training = train(syntheticRun({ decisions: 200, speeds: [1], utilisation: 0.3 }), algorithm)
  await expect(training).rejects.toThrow(/just one eligible instance: record with 2 or more/)
})

test.each(FAMILIES)('%s: one strategy only, or none', async (algorithm) => {
  const policy = policyFactory('strategies(choose=least-loaded)')('cart-service')
  const output = join(temporaryDirectory(), 'model')
  const options = { algorithm, actions: 'strategy', seed: 1, output } as const
  const one = writeRun(syntheticRun({ decisions: 200, policy }))
  await expect(trainModel({ ...options, directories: [one] })).rejects.toThrow(
    /every decision chose the same strategy: record with the policy "strategies/,
  )
  await expect(trainModel({ ...options, directories: [writeRun(run)] })).rejects.toThrow(
    /no recorded decision .*names a strategy: record with the policy "strategies/,
  )
})

test('rewards of which no mean can be computed', async () => {
  const training = train(
    changed(({ decision }) => ({ reward: decision % 2 === 0 ? 1e200 : -1e200 })),
    'q-learning',
  )
  await expect(training).rejects.toThrow(DataError)
  await expect(training).rejects.toThrow(/rewards up to 1\.00e\+200 in size.*dataset reward/)
})

test('lines that are all damaged: what is wrong with the first is told', async () => {
  const lines = run.records.map((record) => JSON.stringify({ ...record, propensity: undefined }))
  await expect(train(run, 'q-learning', lines)).rejects.toThrow(
    /0 usable decisions \(left out: 200 shape; the first: .*experiences\.jsonl:1: /,
  )
})
