/** `loadgen train` on recorded runs, and the model in use by `loadgen run --policy model:DIR`. */
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentHash } from '../../src/core/index.ts'
import { LoadgenProcess, loadgen } from './loadgen-process.ts'
import { folderOf, liveScenario, MODEL_FILES, RunFiles, VIRTUAL } from './run-files.ts'

const cwd = folderOf({ 'small.yaml': VIRTUAL, 'live.yaml': liveScenario(2) })
const Q_MODEL = path.join(cwd, 'models/q')

/** Quick, and what these tests show does not depend on the learner. */
const BY_Q_LEARNING = ['--algorithm', 'q-learning']

let recorded: string
beforeAll(async () => {
  const run = await loadgen(['run', '--config', 'small.yaml', '--no-train', '--out', 'recorded'], { cwd })
  expect(run.code).toBe(0)
  recorded = new RunFiles(path.join(cwd, 'recorded')).path
  const trained = await loadgen(['train', ...BY_Q_LEARNING, recorded, '--output', Q_MODEL], { cwd })
  expect(trained).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`use it     loadgen run --policy model:`),
  })
})

/** A copy of the recorded run, to be spoilt. */
function copyOfRun(): string {
  const copy = path.join(folderOf(), 'run')
  cpSync(recorded, copy, { recursive: true })
  return copy
}

function modelIn(directory: string): Record<string, string> {
  const files = readdirSync(directory).sort()
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]))
}

describe.concurrent('train', () => {
  it('writes the same bytes for the same data and seed, wherever it writes them', async () => {
    const { code, stderr } = await loadgen(['train', ...BY_Q_LEARNING, `${recorded}/experiences.jsonl`], {
      cwd,
    })
    expect(code).toBe(0)
    expect(stderr).toMatch(/^ +epoch +1 +loss/)
    const model = modelIn(path.join(recorded, 'model-q-learning'))
    expect(Object.keys(model)).toEqual(MODEL_FILES)
    expect(model).toEqual(modelIn(Q_MODEL))
  })

  it('takes an algorithm with its hyper-parameters, options before or behind the run', async () => {
    const output = path.join(cwd, 'models/cql')
    const settings = ['--algorithm', 'cql', '--set', 'alpha=0.5', '--set', 'epochs=2']
    const { code, stdout, stderr } = await loadgen(
      ['train', ...settings, recorded, '--output', output, '--json', '--quiet'],
      { cwd },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const trained = JSON.parse(stdout)
    expect(trained).toMatchObject({ output, stopped: false, problems: [], hyperParameters: { alpha: 0.5 } })
    expect(trained.epochs).toHaveLength(2)
    const model = JSON.parse(modelIn(output)['model.json']!)
    expect(model).toMatchObject({ algorithm: 'cql', hyperParameters: { alpha: 0.5, epochs: 2 } })
  })

  it('does not know a hyper-parameter, and says what it may have been', async () => {
    const { code, stderr } = await loadgen(['train', ...BY_Q_LEARNING, recorded, '--set', 'gama=0.5'], {
      cwd,
    })
    expect(code).toBe(2)
    expect(stderr).toContain('has no hyper-parameter "gama" (did you mean "gamma"?)')
  })

  it('leaves out a foreign line and a torn last one, and says which', async () => {
    const run = copyOfRun()
    const file = path.join(run, 'experiences.jsonl')
    const lines = readFileSync(file, 'utf8').split('\n')
    lines.splice(2, 0, '{"level":30,"msg":"not a record"}')
    writeFileSync(file, lines.join('\n'))
    appendFileSync(file, lines[0]!.slice(0, 100))
    const { code, stderr } = await loadgen(['train', ...BY_Q_LEARNING, run], { cwd })
    expect(code).toBe(0)
    expect(stderr).toContain(`warning: ${file}:3: foreign: `)
    expect(stderr).toContain(`warning: ${file}:${lines.length}: torn: `)
    expect(stderr.match(/warning: /g)).toHaveLength(2)
  })

  it('ends with 4 for a file without a record', async () => {
    const run = copyOfRun()
    writeFileSync(path.join(run, 'experiences.jsonl'), '')
    const { code, stderr } = await loadgen(['train', ...BY_Q_LEARNING, run], { cwd })
    expect(code).toBe(4)
    expect(stderr).toContain(`${run}/experiences.jsonl: empty: `)
  })

  it('keeps the best epoch so far on Ctrl-C', async () => {
    const output = path.join(cwd, 'models/cut')
    const forEver = ['--set', 'epochs=10000', '--set', 'patience=10000']
    const train = new LoadgenProcess(['train', ...BY_Q_LEARNING, recorded, ...forEver, '--output', output], {
      cwd,
    })
    await train.says(/epoch +3 /)
    train.kill('SIGINT')
    const { code, stdout, stderr } = await train.finished
    expect(code).toBe(130)
    expect(stderr).toContain('stopping: the best epoch so far is kept')
    expect(stdout).toContain(`use it     loadgen run --policy model:${output}`)
    expect(Object.keys(modelIn(output))).toEqual(MODEL_FILES)
  })
})

/** As a release that knows other features would have written it: the hash is right. */
function sealAnew(directory: string): void {
  const { 'model.json': own, ...others } = modelIn(directory)
  const { contentHash: _, format, formatVersion, ...description } = JSON.parse(own!)
  const files = Object.fromEntries(Object.entries(others).map(([name, text]) => [name, JSON.parse(text)]))
  const model = { ...description, format, formatVersion, contentHash: contentHash({ description, files }) }
  writeFileSync(path.join(directory, 'model.json'), JSON.stringify(model))
}

describe.concurrent('run --policy model:DIR', () => {
  const version = () => JSON.parse(modelIn(Q_MODEL)['model.json']!).contentHash as string

  it.each([
    ['virtual', 'small.yaml'],
    ['live', 'live.yaml'],
  ])('routes by the model in the %s world, and records it as the policy', async (world, config) => {
    const out = path.join(cwd, `runs-${world}`)
    const args = ['run', '--config', config, '--policy', `model:${Q_MODEL}`, '--no-train', '--out', out]
    const { code, stderr } = await loadgen(args, { cwd })
    expect(code).toBe(0)
    expect(stderr).toContain(`policy     model:${Q_MODEL}`)
    const { experiences, summary } = new RunFiles(out)
    expect(summary).toMatchObject({ world, policy: `model:${Q_MODEL}` })
    expect(experiences.length).toBeGreaterThan(50)
    const used = new Set(experiences.map(({ policy }) => `${policy!.id} ${policy!.version}`))
    expect([...used]).toEqual([expect.stringContaining(version().slice(0, 12))])
  })

  it('ends with 7 for a model that was trained on other features', async () => {
    const model = folderOf(modelIn(Q_MODEL))
    const encoder = path.join(model, 'state_encoder.json')
    writeFileSync(encoder, readFileSync(encoder, 'utf8').replace('"memory"', '"shoeSize"'))
    sealAnew(model)
    const args = ['run', '--config', 'small.yaml', '--policy', `model:${model}`, '--out', 'none']
    const { code, stderr } = await loadgen(args, { cwd })
    expect(code).toBe(7)
    expect(stderr).toContain(
      `${encoder}: the model was trained on other features: instanceFeatures: shoeSize`,
    )
    expect(existsSync(path.join(cwd, 'none')), 'found before a run directory is made').toBe(false)
  })
})
