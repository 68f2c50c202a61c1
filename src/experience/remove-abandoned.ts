/** What a process that was killed left half written beside its target: named after the target and the process. */
import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** @param partial path without the number of the process, which stands at its end */
export function removeAbandoned(partial: string): void {
  const [directory, prefix] = [dirname(partial), basename(partial)]
  for (const name of readdirSync(directory)) {
    const owner = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    if (/^\d+$/.test(owner) && !isAlive(Number(owner)))
      rmSync(join(directory, name), { recursive: true, force: true })
  }
}

function isAlive(owner: number): boolean {
  try {
    process.kill(owner, 0) // signal 0 asks only
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
