/** Making a folder that was not there before: what is written there can write over nothing. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'

/**
 * Makes `<parent>/<name>-<timestamp>`; a number is added if it is there already.
 *
 * @throws the error of the system
 */
export function makeStampedFolder(parent: string, name: string, startedAt: Date): string {
  makeFolder(parent)
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-')
  const path = join(parent, `${name}-${stamp}`)
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? path : `${path}-${attempt}`
    try {
      mkdirSync(candidate)
      return candidate
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
