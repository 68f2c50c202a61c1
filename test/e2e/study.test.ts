/** `loadgen study` from scenarios to their reports: whole, interrupted, killed, repeated, and where it cannot be done. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Finished, LoadgenProcess, loadgen } from './loadgen-process.ts'
import { folderOf } from './run-files.ts'

/** Half a minute of virtual time: some hundred decisions. */
const scenario = (name: string, rest: string): string => `
name: ${name}
description: Half a minute in virtual time
seed: 11
timeScale: 20
accounts: 30
phases: [{ name: only, durationMinutes: 0.5, users: 12, behaviors: { bulk-buyer: 1 } }]
evaluation: { policies: [round-robin, least-outstanding] }
${rest}`

const SMALL = scenario(
  'small',
  `
study:
  collect: { loads: [1] }
  train: [{ algorithm: q-learning, hyperParameters: { epochs: 3 } }]
  compare: { seeds: 3 }
`,
)
/** Against one who knows all, nobody wins. */
const HOPELESS = scenario(
  'hopeless',
  `
study:
  collect: { policy: random, loads: [1] }
  train: [{ algorithm: behaviour-cloning }]
  compare: { policies: [least-outstanding], seeds: 3, loads: [0.9], reference: least-added-delay }
`,
)
const SERVICES = ['user', 'inventory', 'cart', 'order', 'payment', 'notification']
/** Where there is one instance of each, there is nothing to choose. */
const ALONE = scenario(
  'alone',
  `shop: { services: { ${SERVICES.map((name) => `${name}: { speeds: [1] }`).join(', ')} } }`,
)

const cwd = folderOf({ 'small.yaml': SMALL, 'hopeless.yaml': HOPELESS, 'alone.yaml': ALONE })
const ARGS = ['study', 'small.yaml', 'hopeless.yaml', 'alone.yaml', '--jobs', '1']
const fileIn = (folder: string, ...names: string[]): string =>
  readFileSync(path.join(folder, 'studies', ...names), 'utf8')

let first: Finished
beforeAll(async () => {
  first = await loadgen(ARGS, { cwd })
})

describe('study', () => {
  it('goes from scenarios to reports, with one table over all', () => {
    expect(first.stdout).toMatch(/^ +small +\S/m)
    expect(first.stdout).toMatch(/^ +hopeless, load 0\.9 +least-added-delay/m)
    expect(fileIn(cwd, 'studies.md')).toMatch(
      /\n\| small \|.*\n\| hopeless, load 0\.9 \| least-added-delay \|/,
    )
    const report = fileIn(cwd, 'small', 'report.md')
    expect(report).toContain('| collecting | 11 |')
    expect(report).toContain('| judging | 1000011 to 1000013 |')
    expect(report).toMatch(/## Were the estimates right\?\n\nEstimated from [\d,]+ decisions/)
    expect(fileIn(cwd, 'small', 'report.html')).toContain('</html>')
    expect(readdirSync(path.join(cwd, 'studies/small')).sort()).toEqual([
      '.replays',
      'comparison',
      'evaluation.json',
      'models',
      'report.html',
      'report.md',
      'runs',
      'study.json',
    ])
    expect(readdirSync(path.join(cwd, 'studies/small/comparison/load-1'))).toContain('comparison.json')
  })

  it('says so where the learned policy does not win', () => {
    const said = 'The learned policy does not win'
    expect(fileIn(cwd, 'hopeless', 'report.md')).toContain(said)
    expect(fileIn(cwd, 'hopeless', 'report.html')).toContain(said)
    expect(first.stdout).toContain(said)
  })

  it('keeps the data, and makes the other studies, where nothing can be learned', () => {
    expect(first.code).toBe(7)
    expect(first.stderr).toMatch(
      /loadgen: alone: studies\/alone: nothing could be trained.*: nothing to learn: .*what was collected is kept/,
    )
    expect(readdirSync(path.join(cwd, 'studies/alone/runs'))).toHaveLength(4)
  })

  it('does nothing twice', async () => {
    const report = fileIn(cwd, 'small', 'report.md')
    const again = await loadgen([...ARGS, '--json'], { cwd })
    const steps = again.stderr.split('\n').filter((line) => /^(run|estimates|comparison) /.test(line))
    expect(steps).toHaveLength(12)
    for (const step of steps) expect(step).toMatch(/: done already$/)
    expect(fileIn(cwd, 'small', 'report.md')).toBe(report)
    expect(JSON.parse(again.stdout)).toMatchObject({
      studies: [{ scenario: { name: 'small' } }, { checks: [{ model: 'learned' }] }],
      failures: [{ study: 'alone', kind: 'LearningError' }],
    })
  })

  it('goes on after a kill in a run and a Ctrl-C among the replays, to the same report', async () => {
    const disturbed = folderOf({ 'small.yaml': SMALL })
    const args = ['study', 'small.yaml', '--jobs', '1']
    const killed = new LoadgenProcess(args, { cwd: disturbed })
    await killed.says(/run 2 of 2/)
    killed.kill('SIGKILL')
    await killed.finished

    const interrupted = new LoadgenProcess(args, { cwd: disturbed })
    await interrupted.says(/comparison 1 of 1/)
    interrupted.kill('SIGINT')
    const { code, stdout, stderr } = await interrupted.finished
    expect(stderr).toContain('run 1 of 2: to train on, load 1, seed 11: done already')
    expect(stderr).toMatch(/interrupted: what is done is kept in studies\/small; the same command goes on/)
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })

    const last = await loadgen(args, { cwd: disturbed })
    expect(last.code).toBe(0)
    expect(last.stderr).toMatch(/training 1 of 1: .*: done already/)
    expect(fileIn(disturbed, 'small', 'report.md')).toBe(fileIn(cwd, 'small', 'report.md'))
    expect(readdirSync(path.join(disturbed, 'studies/small/runs'))).toHaveLength(2)
  })

  it('overwrites nothing that is something else, and begins nothing that cannot be done', async () => {
    const other = folderOf({ 'small.yaml': SMALL })
    mkdirSync(path.join(other, 'studies/small'), { recursive: true })
    writeFileSync(path.join(other, 'studies/small/thesis.txt'), 'ten years')
    const full = await loadgen(['study', 'small.yaml'], { cwd: other })
    expect(full).toMatchObject({ code: 4, stdout: '' })
    expect(full.stderr).toContain('studies/small: is not empty and holds no study: choose another folder')
    expect(readdirSync(path.join(other, 'studies/small'))).toEqual(['thesis.txt'])

    const unknown = await loadgen(['study', 'small.yaml', 'fail-fats', '--out', 'none'], { cwd: other })
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('unknown scenario "fail-fats" (did you mean "fail-fast"?)')
    expect(existsSync(path.join(other, 'none'))).toBe(false)
  })
})
