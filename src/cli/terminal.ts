/** Where a command writes to: results to stdout, everything else to stderr. */
import { createStyle, type Style } from '../report/index.ts'

export interface Terminal {
  /** For results. */
  readonly out: (text: string) => void
  /** For plans, progress and remarks; silent with --quiet. */
  readonly note: (text: string) => void
  /** For what went wrong, on stderr; never silent. */
  readonly alarm: (text: string) => void
  /** Style of stdout and of stderr: colour only where a terminal wants it. */
  readonly outStyle: Style
  readonly noteStyle: Style
  /** Whether progress may be drawn in place. */
  readonly interactive: boolean
  readonly json: boolean
}

export function openTerminal({ json, quiet }: { json: boolean; quiet: boolean }): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    note: quiet ? () => {} : (text) => void process.stderr.write(`${text}\n`),
    alarm: (text) => void process.stderr.write(`${text}\n`),
    outStyle: createStyle(wantsColour(process.stdout)),
    noteStyle: createStyle(wantsColour(process.stderr)),
    interactive: process.stderr.isTTY === true && !quiet,
    json,
  }
}

/** https://no-color.org: any value that is not empty switches colour off. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === ''
}
