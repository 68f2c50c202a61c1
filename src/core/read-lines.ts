/**
 * Lines of a large file, by chunks: one read buffer, a search for the newline byte, no line kept once yielded.
 * Memory stays constant, and nothing waits on a promise per line as `readline` does.
 */
import { DataError } from './errors.ts'
import { readChunks } from './read-chunks.ts'

export const LONGEST_LINE_BYTES = 16 << 20
const NEWLINE = 10

export interface Line {
  readonly text: string
  /** Counted from 1. */
  readonly number: number
  /** False for a last line without a newline: its writer was perhaps cut off in the middle of it. */
  readonly ended: boolean
}

/**
 * Yields the lines of a UTF-8 file, compressed or not, blank ones left out but counted.
 *
 * @param onChunk sees every byte of the content once, in order
 * @throws DataError if a line is longer than 16 MiB: then the file is not JSONL
 */
export function* readLines(file: string, onChunk: (bytes: Uint8Array) => void = () => {}): Generator<Line> {
  let tail: Buffer = Buffer.alloc(0)
  let number = 0
  for (const bytes of readChunks(file)) {
    onChunk(bytes)
    let start = 0
    for (;;) {
      const end = bytes.indexOf(NEWLINE, start)
      if (end < 0) break
      number++
      const text = joined(tail, bytes.subarray(start, end))
      if (tail.length > 0) tail = Buffer.alloc(0)
      start = end + 1
      if (text.length > 0) yield { text, number, ended: true }
    }
    // The chunk is overwritten by the next read, so what is left of it must be copied.
    tail = Buffer.concat([tail, bytes.subarray(start)])
    if (tail.length > LONGEST_LINE_BYTES) throw tooLong(file, number + 1)
  }
  if (tail.length > 0) yield { text: tail.toString('utf8'), number: number + 1, ended: false }
}

function joined(head: Buffer, rest: Buffer): string {
  return head.length === 0 ? rest.toString('utf8') : Buffer.concat([head, rest]).toString('utf8')
}

export function tooLong(file: string, line: number): DataError {
  return new DataError(
    `${file}:${line}: a line of more than ${LONGEST_LINE_BYTES >> 20} MiB: expected lines, one JSON object each in a JSONL file`,
  )
}
