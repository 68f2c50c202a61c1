/** A directory for all tests of a file: gone when the last of them is over. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const made: string[] = []

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
})

export function lastingDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'loadgen-'))
  made.push(directory)
  return directory
}
