/** `loadgen train` that is killed or interrupted and goes on, and data that nobody can learn from. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { LoadgenProcess, loadgen } from './loadgen-process.ts'
import { folderOf, RunFiles, VIRTUAL } from './run-files.ts'

const cwd = folderOf({ 'small.yaml': VIRTUAL })
const modelPath = (name: string): string => path.join(cwd, 'models', name)

/** Long enough to be met in the middle. */
const LONG = [
  '--algorithm',
  'q-learning',
  '--set',
  'epochs=400',
  '--set',
  'patience=400',
  '--checkpoint-every',
  '3',
]

let recorded: string
beforeAll(async () => {
  const run = await loadgen(['run', '--config', 'small.yaml', '--no-train', '--out', 'recorded'], { cwd })
  expect(run.code).toBe(0)
  recorded = new RunFiles(path.join(cwd, 'recorded')).path
})

function filesIn(directory: string): Record<string, string> {
  const files = readdirSync(directory).sort()
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]))
}

/** Starts a training and gives it a signal in its middle. */
async function cutShort(name: string, signal: NodeJS.Signals) {
  const train = new LoadgenProcess(['train', recorded, ...LONG, '--output', modelPath(name)], { cwd })
  await train.says(/epoch +20 /)
  train.kill(signal)
  return train.finished
}

describe.concurrent('train --resume', () => {
  it('comes to the very bytes of a training that nobody killed', async () => {
    const whole = await loadgen(['train', recorded, ...LONG, '--output', modelPath('whole')], { cwd })
    expect(whole.code).toBe(0)
    expect((await cutShort('killed', 'SIGKILL')).signal).toBe('SIGKILL')
    expect(existsSync(modelPath('killed')), 'no model is there before its time').toBe(false)
    expect(filesIn(modelPath('killed.checkpoint'))).toHaveProperty('checkpoint.json')

    const resumed = await loadgen(['train', recorded, ...LONG, '--output', modelPath('killed'), '--resume'], {
      cwd,
    })
    expect(resumed.code).toBe(0)
    const [, done] = /resuming after epoch (\d+)/.exec(resumed.stderr)!
    expect(Number(done)).toBeGreaterThan(0)
    expect(Number(done) % 3).toBe(0)
    expect(resumed.stderr).not.toMatch(/epoch +1 /)
    expect(filesIn(modelPath('killed'))).toEqual(filesIn(modelPath('whole')))
    expect(existsSync(modelPath('killed.checkpoint'))).toBe(false)
    expect(resumed.stdout.replaceAll('killed', 'whole')).toBe(whole.stdout)
  })

  it('goes on after Ctrl-C, but only if asked, and only with the same training', async () => {
    const cut = await cutShort('cut', 'SIGINT')
    expect(cut).toMatchObject({ code: 130, stdout: expect.stringContaining('use it') })
    expect(cut.stderr).toContain('the same command with --resume goes on from here')
    const kept = { model: filesIn(modelPath('cut')), checkpoint: filesIn(modelPath('cut.checkpoint')) }

    const again = ['train', recorded, ...LONG, '--output', modelPath('cut')]
    const anew = await loadgen(again, { cwd })
    expect(anew).toMatchObject({ code: 7, stdout: '' })
    expect(anew.stderr).toMatch(/a training was interrupted after epoch \d+: add --resume/)
    const other = await loadgen([...again, '--resume', '--seed', '2', '--set', 'gamma=0'], { cwd })
    expect(other.code).toBe(7)
    expect(other.stderr).toContain('hyperParameters.gamma: 0.5 there, 0 now; seed: 1 there, 2 now')
    expect(kept).toEqual({
      model: filesIn(modelPath('cut')),
      checkpoint: filesIn(modelPath('cut.checkpoint')),
    })
  })
})

describe.concurrent('train, of data that nobody can learn from,', () => {
  type Line = Record<string, unknown> & { state: { instances: unknown[] }; action: { index: number } }

  /** A copy of the run with every record changed. */
  function spoilt(change: (record: Line) => unknown): string {
    const run = path.join(folderOf(), 'run')
    cpSync(recorded, run, { recursive: true })
    const file = path.join(run, 'experiences.jsonl')
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    writeFileSync(file, lines.map((line) => `${JSON.stringify(change(JSON.parse(line) as Line))}\n`).join(''))
    rmSync(`${file}.bin`, { force: true })
    return run
  }

  it.each<[string, (record: Line) => unknown, RegExp]>([
    [
      'without rewards',
      (record) => ({ ...record, reward: null }),
      /0 usable decisions \(left out: \d+ no-reward\)/,
    ],
    ['of a balancer that did not tell', (record) => ({ ...record, action: null }), /\d+ no-action/],
    ['of another version', (record) => ({ ...record, v: 99 }), /0 usable decisions \(left out: \d+ /],
  ])('%s, says why and writes nothing', async (_, change, message) => {
    const run = spoilt(change)
    const { code, stdout, stderr } = await loadgen(['train', run, '--algorithm', 'q-learning'], { cwd })
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('internal error')
    expect(readdirSync(run).filter((name) => name.startsWith('model'))).toEqual([])
  })

  it('says of one without propensities that nobody can say what the model earns', async () => {
    const run = spoilt((record) => ({ ...record, propensity: null }))
    const { code, stdout } = await loadgen(['train', run, '--algorithm', 'q-learning', '--set', 'epochs=2'], {
      cwd,
    })
    expect(code).toBe(0)
    expect(stdout).toContain('not known: the records have no propensities')
  })
})
