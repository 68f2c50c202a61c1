/** `loadgen model`: what it tells of a model, and what it writes. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadModel, trainModel } from '../../src/learning/index.ts'
import { lastingDirectory } from '../lasting-directory.ts'
import { syntheticRun, writeRun } from '../learning/synthetic-run.ts'
import { capture } from './capture.ts'

let linear: string
let network: string

beforeAll(async () => {
  const directories = [writeRun(syntheticRun({ decisions: 300 }), undefined, lastingDirectory())]
  linear = join(lastingDirectory(), 'linear')
  network = join(lastingDirectory(), 'network')
  await trainModel({ directories, algorithm: 'linear-q', seed: 4, output: linear })
  const hyperParameters = { epochs: 1 }
  await trainModel({ directories, algorithm: 'dqn', hyperParameters, seed: 4, output: network })
})

describe('model show', () => {
  it('says what it is, what it was trained on, and what decides', async () => {
    const { code, stdout } = await capture(`model show ${linear} --most 3`)
    expect(code).toBe(0)
    expect(stdout).toContain(`${linear} (version ${loadModel(linear).version.slice(0, 12)})`)
    expect(stdout).toContain('linear-q, by linear-q, chooses an instance')
    expect(stdout).toContain('gamma=0, iterations=30')
    expect(stdout).toContain('240 transitions for training, 60 for validation')
    const learned = stdout.split('LEARNED\n')[1]!.trimEnd().split('\n')
    expect(learned).toHaveLength(3)
    for (const line of learned) expect(line).toMatch(/^ {2}[+-]\d[\d.e-]* {2}\w/)
  })

  it('as one JSON document: the description and the same lines', async () => {
    const { stdout } = await capture(`model show ${linear} --most 3 --json`)
    const shown = JSON.parse(stdout)
    const model = loadModel(linear)
    expect(shown).toEqual({
      ...{ directory: linear, version: model.version },
      ...JSON.parse(JSON.stringify(model.description)),
      learned: model.inWords(3),
    })
  })

  it.each([
    ['model show nowhere', 7, 'model.json: cannot be read: name a model directory'],
    ['model', 2, 'say what to do: show, export'],
    ['model sho x', 2, 'show'],
    ['model export x', 2, 'output'],
    ['model export x --output y --format pickle', 2, 'onnx'],
  ])('ends "%s" with %i and a reason', async (line, expected, reason) => {
    const { code, stdout, stderr } = await capture(line)
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toContain(reason)
  })
})

describe('model export', () => {
  it('writes a network as ONNX, replacing what was there', async () => {
    const file = join(lastingDirectory(), 'deep', 'model.onnx')
    const { code, stdout } = await capture(`model export ${network} --output ${file} --json`)
    expect(code).toBe(0)
    const { bytes, format } = JSON.parse(stdout)
    expect({ bytes, format }).toEqual({ bytes: statSync(file).size, format: 'onnx' })
    const first = readFileSync(file)
    await capture(`model export ${network} --output ${file}`)
    expect(readFileSync(file)).toEqual(first)
    expect(existsSync(`${file}.partial`)).toBe(false)
  })

  it('refuses a kind that is no network, and a directory', async () => {
    const file = join(lastingDirectory(), 'model.onnx')
    const refused = await capture(`model export ${linear} --output ${file}`)
    expect(refused.code).toBe(7)
    expect(refused.stderr).toContain('the kind "linear-q" cannot be exported to ONNX: only networks can')
    expect(existsSync(file)).toBe(false)
    const into = await capture(`model export ${network} --output ${lastingDirectory()}`)
    expect(into.stderr).toContain('is a directory: name a file')
  })
})
