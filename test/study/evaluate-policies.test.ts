import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DataError, UsageError } from '../../src/core/index.ts'
import { estimators } from '../../src/learning/index.ts'
import { policyFactory } from '../../src/routing/index.ts'
import { type Evaluation, type EvaluationOptions, evaluatePolicies } from '../../src/study/index.ts'
import {
  type SyntheticOptions,
  type SyntheticRun,
  syntheticRun,
  uniformPolicy,
  writeRun,
} from '../learning/synthetic-run.ts'

const explorer = (text = 'epsilon-greedy(least-outstanding, epsilon=0.3)') =>
  policyFactory(text)('cart-service')

function evaluate(run: SyntheticRun, options: Partial<EvaluationOptions> = {}): Promise<Evaluation> {
  return evaluatePolicies({
    policies: ['least-outstanding'],
    directories: [writeRun(run)],
    baselines: false,
    ...options,
  })
}

const run = (options: SyntheticOptions = {}) =>
  syntheticRun({ policy: explorer(), decisions: 1500, ...options })

describe('an evaluation', () => {
  it('of the logger itself finds nothing but the logger', async () => {
    const text = 'epsilon-greedy(least-outstanding, epsilon=0.3)'
    const { policies, logger, data } = await evaluate(run(), {
      policies: [text],
      horizon: 3,
      trajectories: 'time',
    })
    const [own] = policies
    expect(logger.policies).toEqual([text])
    expect(own!.overlap).toMatchObject({ effectiveShare: 1, meanWeight: 1, unsupportedShare: 0 })
    expect(own!.verdict).toBe('not shown')
    for (const name of ['is', 'pdis', 'wis', 'wpdis']) {
      expect(own!.estimates.find(({ estimator }) => estimator === name)!.value).toBeCloseTo(
        logger.value.value,
        9,
      )
    }
    expect(data).toMatchObject({
      decisions: 1500,
      horizon: 3,
      gamma: 1,
      withoutPropensity: 0,
      clusterKind: 'time',
    })
  })

  it('sees that exploring costs, and that the simplest policies are worse', async () => {
    const { policies, baselines, logger } = await evaluate(run({ decisions: 4000 }), { baselines: true })
    const [greedy] = policies
    expect(greedy).toMatchObject({ verdict: 'better', verdictBy: 'doubly-robust', warnings: [] })
    expect(baselines.map(({ policy }) => policy)).toEqual(['uniform', 'round-robin', 'majority-action'])
    expect(baselines[0]!.verdict).toBe('worse')
    const robust = greedy!.estimates[0]!
    expect(robust.difference.value).toBeCloseTo(robust.value - logger.value.value, 12)
    expect(robust.low).toBeLessThan(robust.value)
  })

  it('does not believe a gain that would move the load to where the log shows none', async () => {
    const logged = run({ decisions: 4000, speeds: [1, 0.2, 0.2], utilisation: 0.2, policy: uniformPolicy })
    const { policies } = await evaluate(logged, { policies: ['least-response-time(guard=none)'] })
    const [greedy] = policies
    expect(greedy!.estimates[0]!.difference.low).toBeGreaterThan(0)
    expect(greedy!.trafficShift).toBeGreaterThan(0.5)
    expect(greedy).toMatchObject({
      verdict: 'not identifiable',
      reason: expect.stringMatching(/would move \d+ % of the requests/),
    })
  })

  it('runs every estimator, alone and by name', async () => {
    const { policies } = await evaluate(run(), { estimators: estimators.names })
    for (const { estimator, value, refusal } of policies[0]!.estimates) {
      expect(refusal, estimator).toBeNull()
      expect(Number.isFinite(value), estimator).toBe(true)
    }
    const longer = await evaluate(run(), { estimators: ['snips', 'wpdis'], horizon: 2 })
    expect(longer.policies[0]!.estimates[0]).toMatchObject({ estimator: 'snips', value: Number.NaN })
    expect(longer.policies[0]!.estimates[0]!.refusal).toContain('use wpdis')
  })

  it('is the same twice, and plain JSON', async () => {
    const one = run({ decisions: 300 })
    const directories = [writeRun(one)]
    const twice = await Promise.all([1, 2].map(() => evaluate(one, { directories })))
    expect(JSON.stringify(twice[0])).toBe(JSON.stringify(twice[1]))
  })
})

describe('sessions', () => {
  const one = run({ decisions: 300 })
  const withRequests = () => {
    const directory = writeRun(one)
    const requests = one.records.map(({ trace }, i) =>
      JSON.stringify({ v: 1, trace, session: Math.floor(i / 10) }),
    )
    writeFileSync(join(directory, 'requests.jsonl'), `${requests.join('\n')}\n{"v":1,"tra`)
    return directory
  }

  it('are what hangs together where requests.jsonl tells them', async () => {
    const directory = withRequests()
    const { data } = await evaluate(one, { directories: [directory], horizon: 4 })
    expect(data).toMatchObject({ clusterKind: 'session', clusters: 30, trajectories: 90 })
    const byTime = await evaluate(one, { directories: [directory], trajectories: 'time' })
    expect(byTime.data.clusterKind).toBe('time')
  })

  it('are found in compressed requests, too', async () => {
    const directory = withRequests()
    const file = join(directory, 'requests.jsonl')
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)))
    rmSync(file)
    const { data } = await evaluate(one, { directories: [directory] })
    expect(data).toMatchObject({ clusterKind: 'session', clusters: 30 })
  })

  it('that nobody knows are an error where they are asked for', async () => {
    await expect(evaluate(one, { trajectories: 'session' })).rejects.toThrow('use --trajectories time')
  })
})

describe('where a log can tell nothing', () => {
  const changed = (records: SyntheticRun['records']) => ({ ...run({ decisions: 400 }), records })
  const { records } = run({ decisions: 400 })

  it('says so without propensities, but a model may still speak', async () => {
    const { policies } = await evaluate(
      changed(run().records.map((record) => ({ ...record, propensity: null }))),
    )
    const [{ verdict, reason, estimates, overlap }] = policies as [Evaluation['policies'][number]]
    expect(verdict).toBe('not identifiable')
    expect(overlap).toMatchObject({ withoutPropensity: 1500, unsupportedShare: Number.NaN })
    expect(reason).toContain('does not say how probable 1500 decisions were')
    for (const { estimator, value, refusal } of estimates) {
      expect(Number.isFinite(value), estimator).toBe(!estimators.get(estimator).weighs)
      expect(refusal === null, estimator).toBe(!estimators.get(estimator).weighs)
    }
  })

  it('says so where the logger never tries what the policy does', async () => {
    const fixed = run({ policy: explorer('round-robin'), decisions: 400 })
    const { policies } = await evaluate(fixed)
    expect(policies[0]!.verdict).toBe('not identifiable')
    expect(policies[0]!.reason).toMatch(
      /the logger never tries \d+ % of what the policy does: record with a policy that explores/,
    )
  })

  it('says so where a horizon leaves a handful of trajectories', async () => {
    const { policies } = await evaluate(run({ policy: explorer('random'), speeds: [1, 1, 1, 1] }), {
      horizon: 10,
    })
    expect(policies[0]!.reason).toContain('judge over a shorter horizon')
  })

  it('shows nothing with too little for an interval', async () => {
    const { policies } = await evaluate(run({ decisions: 30 }))
    expect(policies[0]).toMatchObject({ verdict: 'not shown' })
    expect(policies[0]!.reason).toContain('too few for an interval')
  })

  it('warns of propensities that are estimates, and of policies that move the traffic', async () => {
    const estimated = changed(records.map((record) => ({ ...record, propensityEstimated: true as const })))
    const [own] = (await evaluate(estimated)).policies
    expect(own!.warnings[0]).toContain('400 propensities were estimated from outside')
    const { baselines } = await evaluate(run({ policy: explorer('random') }), { baselines: true })
    expect(baselines[2]!.warnings[0]).toMatch(
      /would move 5\d % of the requests|would move 4\d % of the requests/,
    )
  })
})

describe('bad input', () => {
  it.each([
    [{ policies: ['least-outstandin'] }, UsageError, 'least-outstanding'],
    [{ policies: ['least-added-delay'] }, UsageError, 'is an oracle'],
    [{ estimators: ['snip'] }, UsageError, 'snips'],
    [{ horizon: 11 }, UsageError, 'horizon: expected a whole number from 1 to 10, got 11'],
    [{ gamma: 2 }, UsageError, 'gamma: expected a number from 0 to 1, got 2'],
    [{ resamples: 10 }, UsageError, 'resamples: expected a whole number from 1000'],
    [{ directories: [] }, DataError, 'name at least one run directory'],
    [{ directories: ['/nowhere'] }, DataError, '/nowhere'],
  ])('%j is refused in words', async (options, kind, message) => {
    const evaluation = evaluate(run({ decisions: 20 }), options)
    await expect(evaluation).rejects.toThrow(kind)
    await expect(evaluation).rejects.toThrow(message)
  })

  it('leaves out and counts what is torn, foreign or without reward', async () => {
    const one = run({ decisions: 200 })
    const lines = one.records.map((record, i) =>
      JSON.stringify(i === 3 ? { ...record, reward: null } : record),
    )
    const { data } = await evaluate(one, { directories: [writeRun(one, [...lines, '{"a":1}', '{"v":1,'])] })
    expect(data.skipped).toMatchObject({ 'no-reward': 1, foreign: 1 })
    expect(data.decisions).toBe(199)
    expect(data.problems.length).toBe(2)
  })

  it('that leaves nothing is an error', async () => {
    const one = run({ decisions: 3 })
    const directories = [writeRun(one, ['{"a":1}'])]
    await expect(evaluate(one, { directories })).rejects.toThrow('no usable decision (left out: 1 foreign)')
  })
})
