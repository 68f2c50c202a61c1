import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { policyFactory } from '../../src/routing/index.ts'
import { syntheticRun, temporaryDirectory, writeRun } from '../learning/synthetic-run.ts'
import { capture } from './capture.ts'

const EXPLORER = 'epsilon-greedy(least-outstanding, epsilon=0.3)'
const run = (text = EXPLORER) =>
  syntheticRun({ policy: policyFactory(text)('cart-service'), decisions: 1500 })

describe('evaluate', () => {
  it('has its help', async () => {
    const { code, stdout } = await capture('evaluate --help')
    expect(code).toBe(0)
    await expect(stdout).toMatchFileSnapshot('golden/help-evaluate.txt')
  })

  it('prints policies beside logger and baselines, and what each estimator says', async () => {
    const { code, stdout, stderr } = await capture(`evaluate least-outstanding ${writeRun(run())}`)
    expect(code).toBe(0)
    expect(stderr).toBe(
      'judging least-outstanding\njudging uniform\njudging round-robin\njudging majority-action\n',
    )
    expect(stdout).toContain('agreement with the logger')
    expect(stdout.toLowerCase()).not.toContain('accuracy')
    await expect(stdout).toMatchFileSnapshot('golden/evaluate.txt')
  })

  it('says "not identifiable", and why', async () => {
    const { code, stdout } = await capture(
      `evaluate least-outstanding ${writeRun(run('round-robin'))} --quiet`,
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +not identifiable: the logger never tries \d+ % of what the policy does/m)
    expect(stdout).toMatch(/^ +doubly-robust +refused/m)
  })

  it('judges a model directory, and prints one JSON document', async () => {
    const data = writeRun(run())
    const model = join(temporaryDirectory(), 'model')
    expect(
      (await capture(`train ${data} --output ${model} --algorithm q-learning --set epochs=2 --quiet`)).code,
    ).toBe(0)
    const { code, stdout, stderr } = await capture(
      `evaluate ${model} ${data} --json --quiet --estimators snips --estimators fqe --horizon 1`,
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { policies, baselines, data: told } = JSON.parse(stdout)
    expect(policies[0]).toMatchObject({ policy: model, id: 'model(q-learning)', verdictBy: 'snips' })
    expect(policies[0].estimates.map(({ estimator }: { estimator: string }) => estimator)).toEqual([
      'snips',
      'fqe',
    ])
    expect(baselines.length).toBe(3)
    expect(told.decisions).toBe(1500)
  })

  it.each([
    ['evaluate least-outstanding', 2, 'Not enough non-option arguments'],
    ['evaluate least-outstandin RUN', 2, '(did you mean "least-outstanding"?)'],
    ['evaluate random RUN --estimators snip', 2, '(did you mean "snips"?)'],
    ['evaluate random RUN --horizon 20', 2, '--horizon: expected a whole number from 1 to 10'],
    ['evaluate random RUN --resamples 5', 2, '--resamples: expected a whole number from 1000'],
    ['evaluate random RUN --gamma 3', 2, 'gamma: expected a number from 0 to 1, got 3'],
    ['evaluate random /nowhere', 4, '/nowhere: no such directory'],
    ['evaluate random RUN RUN', 4, 'named twice'],
    ['evaluate model:/nowhere RUN', 7, '/nowhere'],
  ])('ends "%s" with %i and a hint', async (line, code, hint) => {
    const directory = writeRun(syntheticRun({ decisions: 20 }))
    const captured = await capture(line.replaceAll('RUN', directory))
    expect(captured).toMatchObject({ code, stdout: '' })
    expect(captured.stderr).toContain(hint)
  })
})

describe('list estimators', () => {
  it('has all of them', async () => {
    expect((await capture('list estimators')).stdout).toMatch(/^weighted-doubly-robust +like doubly-robust/m)
  })
})
