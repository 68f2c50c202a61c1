/**
 * A comparison on disk: `comparison.json` is the table, `replays.jsonl` has one line per policy and seed, from which it
 * can be made again, alone or with more. `report/write-comparison.ts` writes them.
 */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, makeFolder, WorldError } from '../../core/index.ts'
import type { ReplayResult } from '../replay.ts'
import type { Comparison } from './comparison.ts'
import { type ComparisonIdentity, requireSame } from './identity.ts'
import { withUnknowns } from './replay-cache.ts'

const COMPARISON_FILE = 'comparison.json'
const REPLAYS_FILE = 'replays.jsonl'

/**
 * Makes sure that a comparison can be written, before any time is spent on it.
 *
 * @returns the results that are there already, of the same scenario, reward, world and program; none in a new directory
 * @throws DataError if there is another comparison, WorldError if the directory cannot be written
 */
export function openComparisonDirectory(directory: string, identity: ComparisonIdentity): ReplayResult[] {
  try {
    makeFolder(directory)
    if (!statSync(directory).isDirectory()) throw new Error('it is a file')
    accessSync(directory, constants.W_OK)
  } catch (error) {
    throw new WorldError(
      `${directory}: a comparison cannot be written there (${(error as Error).message}): choose another with --out`,
    )
  }
  const file = join(directory, COMPARISON_FILE)
  if (!existsSync(file)) return []
  const earlier = readJson<Comparison>(file, readFileSync(file, 'utf8'))
  if (earlier.version !== 1 || typeof earlier.replayedHash !== 'string') {
    throw new DataError(`${file}: is no comparison of this release: name another --out, or remove it`)
  }
  requireSame(earlier, identity, directory)
  return readReplays(join(directory, REPLAYS_FILE))
}

function readReplays(file: string): ReplayResult[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new DataError(
      `${file}: cannot be read (${(error as Error).message}): without it there is nothing to add to; name another --out`,
    )
  }
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line, i) => withUnknowns(readJson<ReplayResult>(`${file}:${i + 1}`, line)))
}

function readJson<T>(place: string, text: string): T {
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw new DataError(
      `${place}: not JSON (${(error as Error).message}): name another --out, or remove the directory`,
    )
  }
}
