/** Making a folder with all that is above it. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Not `mkdirSync` with `recursive`: that loops for ever under /proc (Node 20). @throws the error of the system */
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  mkdirSync(path)
}
