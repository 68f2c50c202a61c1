/** What the commands that write runs say when they are done. */
import type { DerivedRuns } from '../experience/index.ts'
import type { Terminal } from './terminal.ts'

/** @param next what to do with a directory, in words */
export function tellWritten(
  written: DerivedRuns,
  terminal: Terminal,
  next: (directory: string) => string,
): number {
  const { runs, leftOut, problems } = written
  for (const problem of problems) terminal.note(terminal.noteStyle.warn(`warning: ${problem}`))
  if (terminal.json) {
    terminal.out(JSON.stringify(written, null, 2))
    return 0
  }
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${count} ${reason}`)
  const lines = runs.map(({ directory, decisions }) => `wrote      ${directory} (${decisions} decisions)`)
  if (reasons.length > 0) lines.push(`left out   ${reasons.join(', ')}`)
  terminal.out([...lines, `use it     ${next(runs[0]!.directory)}`].join('\n'))
  return 0
}
