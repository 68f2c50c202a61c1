import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recordedRun, writeRecorded } from '../experience/dataset/dataset-runs.ts'
import { temporaryDirectory } from '../learning/synthetic-run.ts'
import { capture } from './capture.ts'

const run = recordedRun({ decisions: 100 })

describe('loadgen dataset', () => {
  it('tells what is in a run, for people and for programs', async () => {
    const directory = writeRecorded(run)
    const text = await capture(`dataset stats ${directory}`)
    expect(text).toMatchObject({ code: 0, stderr: '' })
    expect(text.stdout).toMatch(/^DATA SET: 100 decisions, 1 run\n/)
    expect(text.stdout).toContain('✗ enough decisions: 100, of at least 10000')
    expect(text.stdout).toContain('✓ propensities known: of 100 of 100 actions')
    const { stdout } = await capture(`dataset stats ${directory} --json`)
    expect(JSON.parse(stdout)).toMatchObject({
      all: {
        decisions: 100,
        withPropensity: 100,
        failures: 2,
        exploration: 1,
        selfLoops: 0,
        coverage: { tried: expect.any(Number), entropy: expect.any(Number) },
        rewards: {
          error: { count: 100, mean: expect.closeTo(-0.02, 9), min: -1, max: 0 },
          balance: { count: 0, mean: null },
        },
        missing: { 'instance.breakerOpen': 1 },
      },
      groups: { phase: { 'warm-up': { decisions: 50 } }, service: { 'cart-service': { decisions: 100 } } },
    })
  })

  it('ends with 4 where data has faults, and with 0 where it has none', async () => {
    const good = await capture(`dataset validate ${writeRecorded(run)}`)
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('100 records (loadgen), ok') })
    const bad = await capture(`dataset validate ${writeRecorded(run, ['x'])} --json`)
    expect(bad.code).toBe(4)
    expect(JSON.parse(bad.stdout)[0].findings[0]).toMatchObject({ kind: 'empty', level: 'fault' })
  })

  it('writes runs that can be read again', async () => {
    const directory = writeRecorded(run)
    const out = temporaryDirectory()
    const lines = [
      `split ${directory} --by time --parts 0.8,0.2 --out ${out}/parts`,
      `sample ${directory} --share 0.5 --out ${out}/sample`,
      `merge ${out}/parts/part-1 ${out}/sample --out ${out}/merged`,
      `reward ${directory} --weights latency=1,error=2 --target-latency 200 --out ${out}/reward`,
      `export ${directory} --format predecessor --out ${out}/old`,
      `import ${out}/old/rl_experiences.jsonl --out ${out}/imported`,
      `stats ${out}/merged ${out}/imported`,
    ]
    for (const line of lines)
      expect(await capture(`dataset ${line} --quiet`), line).toMatchObject({ code: 0 })
    for (const name of ['parts/part-2', 'sample', 'merged', 'reward', 'imported']) {
      expect(existsSync(join(out, name, 'experiences.jsonl')), name).toBe(true)
    }
  })

  it.each([
    ['reward R --weights latncy=1 --out O', 'unknown part "latncy" (did you mean "latency"?)'],
    ['reward R --weights latency --out O', 'latency: expected a number, as in latency=1'],
    ['reward R --weights latency=0 --out O', 'all are 0'],
    [
      'reward R --weights latency=1 --target-latency 0 --out O',
      '--target-latency: expected milliseconds above 0',
    ],
    ['split R --parts 0.8,0.3 --out O', '--parts: expected shares above 0 that sum to 1'],
    ['sample R --share 2 --out O', '--share: expected a number above 0 and below 1'],
    ['split R --by row --out O', 'Choices: "session", "time"'],
    ['export R --format parket --out O', '(did you mean "parquet"?)'],
    ['stat R', 'Did you mean stats?'],
    ['split R', 'Missing required argument: out'],
    ['merge R R --out F', 'is there already, and nothing is overwritten'],
  ])('refuses "%s" and says how to say it', async (line, message) => {
    const folder = temporaryDirectory()
    const taken = join(folder, 'taken')
    writeFileSync(taken, '')
    const [one, two] = [writeRecorded(run), writeRecorded(run)]
    const words = line.split(' ').map((word, i) => {
      if (word === 'R') return i === 2 ? two : one
      return word === 'O' ? join(folder, 'out') : word === 'F' ? taken : word
    })
    const { code, stderr } = await capture(`dataset ${words.join(' ')}`)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })

  it.each(['stats', 'validate', 'split', 'sample', 'merge', 'reward', 'export', 'import'])(
    'has help for %s',
    async (command) => {
      const { code, stdout, stderr } = await capture(`dataset ${command} --help`)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      await expect(stdout).toMatchFileSnapshot(`golden/help-dataset-${command}.txt`)
    },
  )
})
