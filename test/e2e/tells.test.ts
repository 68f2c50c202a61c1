/** Commands that only tell: help, version, a list, validation. What people read is golden. */
import { describe, it } from 'vitest'
import { PRODUCT_VERSION } from '../../src/core/index.ts'
import { loadgen } from './loadgen-process.ts'
import { folderOf, TROUBLE, VIRTUAL } from './run-files.ts'

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

const cwd = folderOf({ 'good.yaml': VIRTUAL, 'broken.yaml': BROKEN, 'troubled.yaml': VIRTUAL + TROUBLE })

describe.concurrent('help', () => {
  it('says what there is to do', async ({ expect }) => {
    const { code, stdout, stderr } = await loadgen(['--help'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await expect(stdout).toMatchFileSnapshot('golden/help.txt')
  })

  it('of a command has its options and examples', async ({ expect }) => {
    const { code, stdout, stderr } = await loadgen(['run', '--help'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // The default of --jobs is the machine's own.
    const text = stdout.replace(
      /(for the replays; results do not depend on it) +\[number\] \[default: \d+\]/,
      '$1  [number] [default: N]',
    )
    await expect(text).toMatchFileSnapshot('golden/help-run.txt')
  })

  it('knows the version', async ({ expect }) => {
    expect(await loadgen(['--version'], { cwd })).toMatchObject({ code: 0, stdout: `${PRODUCT_VERSION}\n` })
  })
})

describe.concurrent('list', () => {
  it('prints text and JSON of the same entries', async ({ expect }) => {
    const [text, json] = await Promise.all([
      loadgen(['list', 'policies'], { cwd }),
      loadgen(['list', 'policies', '--json'], { cwd }),
    ])
    expect([text.code, json.code, text.stderr + json.stderr]).toEqual([0, 0, ''])
    const entries = JSON.parse(json.stdout) as { name: string; summary: string }[]
    expect(entries.length).toBeGreaterThan(4)
    const lines = text.stdout.split('\n').map((line) => line.replace(/ {2,}/, ': '))
    for (const { name, summary } of entries) expect(lines).toContain(`${name}: ${summary}`)
  })
})

describe.concurrent('validate', () => {
  it('shows the plan of a sound file', async ({ expect }) => {
    const { code, stdout, stderr } = await loadgen(['validate', '--config', 'good.yaml'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await expect(stdout).toMatchFileSnapshot('golden/validate-good.txt')
  })

  it('tells faults and waves, and how the client deals with them', async ({ expect }) => {
    const { code, stdout, stderr } = await loadgen(['validate', '--config', 'troubled.yaml'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await expect(stdout).toMatchFileSnapshot('golden/validate-troubled.txt')
  })

  it('gives the resolved scenario as JSON', async ({ expect }) => {
    const { code, stdout } = await loadgen(['validate', '--config', 'good.yaml', '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      warnings: [],
      scenario: {
        name: 'small',
        client: { timeoutMs: 10_000 },
        phases: [{ name: 'calm' }, { name: 'busy' }],
      },
    })
  })

  it('tells all problems of a broken file at once, each with its place', async ({ expect }) => {
    const { code, stdout, stderr } = await loadgen(['validate', '--config', 'broken.yaml'], { cwd })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    await expect(stderr).toMatchFileSnapshot('golden/validate-broken.txt')
  })
})
