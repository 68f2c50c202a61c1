/** Writes traces into temporary files. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { temporaryDirectory } from '../../learning/synthetic-run.ts'

export function traceFile(lines: readonly string[], name = 'trace.txt'): string {
  const file = join(temporaryDirectory(), name)
  const text = lines.map((line) => `${line}\n`).join('')
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text)
  return file
}
