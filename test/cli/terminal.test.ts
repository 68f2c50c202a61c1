import { afterEach, describe, expect, it, vi } from 'vitest'
import { openTerminal } from '../../src/cli/terminal.ts'

const isTTY = { stdout: process.stdout.isTTY, stderr: process.stderr.isTTY }
function pretend(stdout: boolean, stderr: boolean): void {
  process.stdout.isTTY = stdout
  process.stderr.isTTY = stderr
}
afterEach(() => {
  pretend(isTTY.stdout, isTTY.stderr)
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const colours = () => {
  const { outStyle, noteStyle } = openTerminal({ json: false, quiet: false })
  return { stdout: outStyle.warn('x') !== 'x', stderr: noteStyle.warn('x') !== 'x' }
}

describe('openTerminal', () => {
  it.each([
    [true, false],
    [false, true],
  ])('colours each stream by itself: stdout a terminal %s, stderr %s', (stdout, stderr) => {
    vi.stubEnv('NO_COLOR', undefined)
    pretend(stdout, stderr)
    expect(colours()).toEqual({ stdout, stderr })
  })

  it.each([
    ['1', false],
    ['0', false],
    ['', true], // as https://no-color.org has it
  ])('with NO_COLOR=%j, colour on a terminal: %s', (value, coloured) => {
    vi.stubEnv('NO_COLOR', value)
    pretend(true, true)
    expect(colours()).toEqual({ stdout: coloured, stderr: coloured })
  })

  it.each([
    [true, false, true],
    [true, true, false],
    [false, false, false],
  ])(
    'draws progress in place where stderr is a terminal (%s) and not with --quiet (%s): %s',
    (tty, quiet, drawn) => {
      pretend(true, tty)
      expect(openTerminal({ json: false, quiet }).interactive).toBe(drawn)
    },
  )

  it('prints results to stdout and remarks to stderr, but for the remarks with --quiet', () => {
    const written: string[] = []
    for (const name of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[name], 'write').mockImplementation((text) => written.push(`${name} ${text}`) > 0)
    }
    for (const quiet of [false, true]) {
      const { out, note } = openTerminal({ json: false, quiet })
      out('result')
      note('remark')
    }
    expect(written).toEqual(['stdout result\n', 'stderr remark\n', 'stdout result\n'])
  })
})
