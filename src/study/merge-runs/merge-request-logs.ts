/**
 * One `requests.jsonl` of those of several segments, in the order in which the requests ended: that of any run. Line by
 * line, whatever the size.
 */
import { existsSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { mergeSorted, readLines } from '../../core/index.ts'
import { JsonlFile } from '../../experience/index.ts'

/** Then Ctrl-C and the disk get their turn. */
const LINES_IN_A_ROW = 5_000
/** Lines have no finer times. */
const US_PER_MS = 1000
/** The quote of a name within a text is escaped, so that this is found nowhere else. */
const TIMES = /,"intendedMs":([\d.e+-]+),"startMs":[\d.e+-]+,"latencyMs":([\d.e+-]+),/

export interface MergedLog {
  readonly lines: number
  /** Lines that were cut off in the middle, with the file and the number of each. */
  readonly torn: readonly string[]
}

/** @throws WorldError if `out` cannot be written @throws DataError if a part cannot be read */
export async function mergeRequestLogs(parts: readonly string[], out: string): Promise<MergedLog> {
  const torn: string[] = []
  const file = await JsonlFile.create(out)
  const logs = parts.map((part) => linesOf(part, (number) => torn.push(`${part}:${number}`)))
  for (const { text } of mergeSorted(logs, (a, b) => a.endUs - b.endUs)) {
    const bytes = Buffer.from(`${text}\n`)
    file.writeLine(bytes, bytes.length)
    if (file.lines % LINES_IN_A_ROW === 0) {
      file.flush()
      await file.drained()
      await nextTurn()
    }
  }
  await file.close()
  return { lines: file.lines, torn }
}

function* linesOf(
  file: string,
  onTorn: (number: number) => void,
): Generator<{ readonly text: string; readonly endUs: number }> {
  if (!existsSync(file)) return
  for (const { text, number, ended } of readLines(file)) {
    const times = ended ? TIMES.exec(text) : null
    const endMs = times === null ? parsedEnd(text) : Number(times[1]) + Number(times[2])
    if (Number.isNaN(endMs)) onTorn(number)
    else yield { text, endUs: Math.round(endMs * US_PER_MS) }
  }
}

/** Of a line in another order of fields, or the last one, which may be torn: NaN if it cannot be read. */
function parsedEnd(text: string): number {
  try {
    const { intendedMs, latencyMs } = JSON.parse(text) as Record<string, unknown>
    return Number(intendedMs) + Number(latencyMs)
  } catch {
    return Number.NaN
  }
}
