/** The commands that only tell: help, version, lists and validation. Their text is golden. */
import { describe, expect, it } from 'vitest'
import { PRODUCT_VERSION } from '../../src/study/index.ts'
import { loadgen } from './loadgen-process.ts'
import { folderOf, VIRTUAL } from './run-files.ts'

const BROKEN = `
name: broken
description: Several problems at once
world: vitual
accounts: -3
phases:
  - { name: first, durationMinutes: 0, users: 4, behaviours: { quick-browser: 1 } }
  - { name: first, durationMinutes: 2, users: 4, behaviors: { quick-browsr: 0.5 } }
routing: { policy: round-robbin }
thresholds: { p95Latency: < 500, errorRate: 5 }
`

const cwd = folderOf({ 'good.yaml': VIRTUAL, 'broken.yaml': BROKEN })

describe.concurrent('help', () => {
  it.each([
    ['loadgen', ['--help']],
    ['run', ['run', '--help']],
    ['train', ['train', '--help']],
    ['target', ['target', '--help']],
  ])('of %s', async (name, args) => {
    const { code, stdout, stderr } = await loadgen(args, { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // The default of --jobs is the machine's own.
    const text = stdout.replace(/(for the replays) +\[number\] \[default: \d+\]/, '$1 [number] [default: N]')
    await expect(text).toMatchFileSnapshot(`golden/help-${name}.txt`)
  })

  it('knows its version', async () => {
    expect(await loadgen(['--version'], { cwd })).toMatchObject({ code: 0, stdout: `${PRODUCT_VERSION}\n` })
  })
})

describe.concurrent('list', () => {
  it.each([
    ['scenarios', ['validation', 'comprehensive']],
    ['behaviors', ['quick-browser', 'bulk-buyer']],
    ['policies', ['round-robin', 'epsilon-greedy']],
    ['algorithms', ['q-learning', 'cql']],
  ])('%s as text and as JSON', async (what, some) => {
    const [text, json] = await Promise.all([
      loadgen(['list', what], { cwd }),
      loadgen(['list', what, '--json'], { cwd }),
    ])
    expect([text.code, json.code, text.stderr + json.stderr]).toEqual([0, 0, ''])
    const entries = JSON.parse(json.stdout) as { name: string; summary: string }[]
    expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(some))
    for (const { name, summary } of entries) expect(text.stdout).toMatch(lineWith(name, summary))
  })
})

describe.concurrent('validate', () => {
  it('shows the plan of a sound file', async () => {
    const { code, stdout, stderr } = await loadgen(['validate', '--config', 'good.yaml'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await expect(stdout).toMatchFileSnapshot('golden/validate-good.txt')
  })

  it('gives the resolved scenario as JSON', async () => {
    const { code, stdout } = await loadgen(['validate', '--config', 'good.yaml', '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      warnings: [],
      scenario: { name: 'small', client: { timeoutMs: 10_000 }, phases: [{ name: 'calm' }, { name: 'busy' }] },
    })
  })

  it('tells all problems of a broken file at once, each with its line', async () => {
    const { code, stdout, stderr } = await loadgen(['validate', '--config', 'broken.yaml'], { cwd })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    await expect(stderr).toMatchFileSnapshot('golden/validate-broken.txt')
  })
})

function lineWith(name: string, summary: string): RegExp {
  const plain = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${plain(name)} +${plain(summary)}$`, 'm')
}
