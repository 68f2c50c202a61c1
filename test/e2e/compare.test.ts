/** `loadgen compare`: policies over the same seeds, in virtual time and over sockets. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { LoadgenProcess, loadgen } from './loadgen-process.ts'
import { folderOf, liveScenario, onlyFolderIn, VIRTUAL } from './run-files.ts'

const SHORT = VIRTUAL.replaceAll('durationMinutes: 1', 'durationMinutes: 0.25')
const FILES = { 'small.yaml': SHORT, 'live.yaml': liveScenario(2) }
const POLICIES = ['--policies', 'round-robin,epsilon-greedy(least-outstanding, epsilon=0.1)']
const SMALL = ['compare', '--config', 'small.yaml', ...POLICIES]

function tableIn(directory: string) {
  return JSON.parse(readFileSync(path.join(directory, 'comparison.json'), 'utf8'))
}

describe.concurrent('compare', () => {
  it('prints the table, and writes it with the pictures into a new directory', async () => {
    const cwd = folderOf(FILES)
    const { code, stdout, stderr } = await loadgen([...SMALL, '--seeds', '2', '--jobs', '2'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^comparing: 6 replays\n/) })
    expect(stdout).toMatch(/^small: 3 policies, 2 paired seeds\n/)
    expect(stdout).toContain('oracle: least-added-delay knows true sizes and speeds')
    const directory = path.join(
      cwd,
      'logs',
      readdirSync(path.join(cwd, 'logs')).find((name) => name.startsWith('compare-small-'))!,
    )
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`  written to ${path.relative(cwd, directory)}`)
    for (const file of [
      'comparison.csv',
      'replays.jsonl',
      'ratio-intervals.png',
      'latency-distribution.svg',
    ]) {
      expect(existsSync(path.join(directory, file)), file).toBe(true)
    }
    expect(tableIn(directory)).toMatchObject({ seeds: [1_000_011, 1_000_012], world: 'virtual' })
  })

  it('knows what it has replayed, adds to it, and mixes nothing', async () => {
    const cwd = folderOf(FILES)
    const out = ['--seeds', '2', '--out', 'out', '--json']
    const first = await loadgen([...SMALL, ...out], { cwd })
    expect(first.code).toBe(0)
    const again = await loadgen([...SMALL, ...out], { cwd })
    expect(again.stdout).toBe(first.stdout)
    expect(again.stderr).toBe('comparing: 0 replays, 6 more are known already\n')
    const more = ['compare', '--config', 'small.yaml', '--policies', 'random', '--merge', ...out]
    const merged = await loadgen(more, { cwd })
    expect(JSON.parse(merged.stdout).rows).toHaveLength(4)
    const before = tableIn(path.join(cwd, 'out'))
    const heavier = await loadgen([...SMALL, ...out, '--load', '1.5'], { cwd })
    expect(heavier).toMatchObject({ code: 4, stderr: '' })
    expect(JSON.parse(heavier.stdout).error.message).toMatch(
      /^out: holds a comparison that cannot be mixed with this one \(scenario hash /,
    )
    expect(tableIn(path.join(cwd, 'out'))).toEqual(before)
  })

  it('keeps what is done at Ctrl-C, and goes on from there', async () => {
    const cwd = folderOf(FILES)
    const line = [...SMALL, '--seeds', '300', '--jobs', '1', '--out', 'out']
    const process = new LoadgenProcess(line, { cwd })
    await process.says(/replay 3 of 900/)
    process.kill('SIGINT')
    const stopped = await process.finished
    expect(stopped).toMatchObject({ code: 130, stdout: '' })
    const [, done] = /interrupted after (\d+) of 900 replays: they are kept in logs\/.replays/.exec(
      stopped.stderr,
    )!
    expect(readdirSync(path.join(cwd, 'out'))).toEqual([])
    const kept = readdirSync(onlyFolderIn(path.join(cwd, 'logs/.replays')))
    expect(kept).toHaveLength(Number(done))
    const next = await loadgen([...SMALL, '--seeds', '1', '--out', 'out'], { cwd })
    expect(next).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^comparing: 0 replays, 3 more are known already\n/),
      stdout: expect.stringContaining('one seed: no intervals and no tests'),
    })
  })
})

describe('compare over sockets', () => {
  it('gives every policy the same load in every block, one after the other', async () => {
    const cwd = folderOf(FILES)
    const line = ['compare', '--config', 'live.yaml', '--world', 'live', '--seconds', '1', '--seeds', '2']
    const policies = ['--policies', 'round-robin,least-outstanding', '--out', 'out', '--json']
    const { code, stdout, stderr } = await loadgen([...line, ...policies], { cwd })
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stderr).toMatch(/^comparing: 4 live runs, 1 s each: 4 s\n/)
    const order = [...stderr.matchAll(/replay \d of 4: ([\w-]+), seed (\d+)/g)].map(([, policy, seed]) => ({
      policy,
      seed,
    }))
    expect(new Set(order.slice(0, 2).map(({ seed }) => seed)).size).toBe(1)
    expect(new Set(order.slice(2).map(({ policy }) => policy)).size).toBe(2)
    const { rows, oracle, boundMs, world } = JSON.parse(stdout)
    expect({ oracle, boundMs, world }).toEqual({ oracle: null, boundMs: null, world: 'live' })
    expect(rows).toHaveLength(2)
    for (const row of rows) {
      expect(row.goodputPerSecond).toBeGreaterThan(0)
      expect(row.fairness).toBeGreaterThan(0.5)
      expect(row.meanReward).not.toBeNull()
    }
  })
})
