/** On a terminal: bars and colours on stderr, the summary on stdout. `script` (util-linux) lends the terminal. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAUNCHER } from './loadgen-process.ts'
import { folderOf, VIRTUAL } from './run-files.ts'

const TIMEOUT_MS = 40_000
const ESCAPE = '\u001b'
const COLOUR = new RegExp(`${ESCAPE}\\[[\\d;]*m`)

const available = (() => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
})()
if (!available) console.warn('skipped: the tests on a terminal need the `script` command of util-linux')

/** Runs with stderr on a pseudo terminal 120 columns wide, and stdout on it too unless it goes to a file. */
function onTerminal(args: string, env: Readonly<Record<string, string>> = {}) {
  const cwd = folderOf({ 'small.yaml': VIRTUAL })
  const command = `stty cols 120; ${process.execPath} ${LAUNCHER} ${args}`
  const { PATH = '', HOME = '' } = process.env
  const { status, stdout } = spawnSync('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd,
    encoding: 'utf8',
    env: { PATH, HOME, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { cwd, status, screen: stdout.replaceAll('\r\n', '\n') }
}

describe.skipIf(!available)('on a terminal', () => {
  it('draws one bar per phase, and prints the summary in colour', { timeout: TIMEOUT_MS }, () => {
    const { status, screen } = onTerminal('run --config small.yaml --no-evaluate')
    expect(status).toBe(0)
    for (const phase of ['calm', 'busy']) expect(screen).toMatch(barOf(phase, 100))
    expect(screen).toMatch(/\d users {2}[\d.]+\/s {2}[\d.]+% errors {2}p95 [\d.]+ ms/)
    expect(screen, 'the summary comes after the bars').toMatch(/100%[\s\S]*TOTALS/)
    expect(screen).toMatch(COLOUR)
    expect(screen.lastIndexOf(`${ESCAPE}[?25h`), 'the cursor is shown again').toBeGreaterThan(
      screen.lastIndexOf(`${ESCAPE}[?25l`),
    )
  })

  it('keeps the bars away from stdout, and colours away with NO_COLOR', { timeout: TIMEOUT_MS }, () => {
    const { cwd, status, screen } = onTerminal('run --config small.yaml --no-train > summary.txt', {
      NO_COLOR: '1',
    })
    expect(status).toBe(0)
    expect(screen).toMatch(barOf('busy', 100))
    expect(screen).not.toContain('TOTALS')
    expect(screen, 'no colours, though the cursor may move').not.toMatch(COLOUR)
    const summary = readFileSync(path.join(cwd, 'summary.txt'), 'utf8')
    expect(summary).toContain('TOTALS')
    expect(summary).not.toContain(ESCAPE)
  })

  it('ends when the run cannot go on, with the message at the end', { timeout: TIMEOUT_MS }, () => {
    const { status, screen } = onTerminal('run --config small.yaml --target http://127.0.0.1:1')
    expect(status).toBe(5)
    expect(screen).toMatch(/^loadgen: http:.*: no answer \(connect\): start the balancer, .*\n$/)
  })
})

function barOf(phase: string, percentage: number): RegExp {
  return new RegExp(`${phase} +\\[█+░*\\] ${percentage}%`)
}
