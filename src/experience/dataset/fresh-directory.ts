/** A directory that appears as a whole or not at all, and over nothing. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { makeFolder, UsageError, WorldError } from '../../core/index.ts'
import { removeAbandoned } from '../remove-abandoned.ts'

/**
 * Has `write` fill a folder under another name, and gives it its own when all is written.
 *
 * @throws UsageError if something stands there already
 * @throws WorldError if it cannot be written
 */
export async function writeFreshDirectory<T>(
  directory: string,
  write: (path: string) => T | Promise<T>,
): Promise<T> {
  requireFresh(directory)
  const target = resolve(directory)
  const unfinished = join(dirname(target), `.${basename(target)}.partial-`)
  const partial = unfinished + process.pid
  try {
    makeFolder(dirname(target))
    removeAbandoned(unfinished)
    if (existsSync(partial)) rmSync(partial, { recursive: true, force: true }) // of a process that had this number, and was killed
    mkdirSync(partial)
    const result = await write(partial)
    if (existsSync(target)) rmSync(target, { recursive: true }) // empty, as was required
    renameSync(partial, target)
    return result
  } catch (error) {
    if (existsSync(partial)) rmSync(partial, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (!['ENOSPC', 'EACCES', 'EROFS', 'ENOENT', 'ENOTDIR', 'EPERM', 'EDQUOT'].includes(code ?? ''))
      throw error
    throw new WorldError(
      `${directory}: cannot be written (${(error as Error).message}): free some space or choose another --out`,
    )
  }
}

function requireFresh(directory: string): void {
  if (!existsSync(directory)) return
  try {
    if (readdirSync(directory).length === 0) return
  } catch {
    // A file: it is as much in the way.
  }
  throw new UsageError(`${directory}: is there already, and nothing is overwritten: choose another --out`)
}
