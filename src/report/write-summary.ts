/** `summary.json`: the summary as it is, for programs. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder, WorldError } from '../core/index.ts'
import type { RunSummary } from '../study/index.ts'

/**
 * Writes `summary.json` into the run directory. A number that is not known (NaN) is null in it.
 *
 * @returns the path of the file
 * @throws WorldError if the directory cannot be written
 */
export async function writeSummary(runDirectory: string, summary: RunSummary): Promise<string> {
  const path = join(runDirectory, 'summary.json')
  await writeAtomically(path, `${JSON.stringify(summary, null, 2)}\n`)
  return path
}

/** Writes beside the place and renames, so that a reader finds the whole file or the one before, never a half. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    makeFolder(dirname(path))
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {}) // the first error is the one to tell
    throw new WorldError(
      `${path}: cannot be written (${(cause as Error).message}): check the path and its rights`,
      {
        cause,
      },
    )
  }
}
