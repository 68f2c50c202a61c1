/** `validate`: lints runs and files of the predecessor, each in its own way. */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { DataError, readLines } from '../../core/index.ts'
import { type Finding, Findings } from './findings.ts'
import { lintPredecessor } from './lint-predecessor.ts'
import { lintRun } from './lint-run.ts'
import { isPredecessors, parsed } from './predecessor-faults.ts'

export interface LintedFile {
  readonly file: string
  readonly format: 'loadgen' | 'predecessor'
  /** Lines that can be used. */
  readonly records: number
  readonly findings: readonly Finding[]
}

/** Lines that may be read to find out what a file is. */
const LOOKED_AT = 20

/** @throws DataError if there is nothing of that name */
export function lintFiles(paths: readonly string[]): LintedFile[] {
  return paths.map((file) => {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats === undefined) throw new DataError(`${file}: no such file: name run directories or JSONL files`)
    const findings = new Findings(file)
    const format = stats.isFile() && isOfPredecessor(file) ? 'predecessor' : 'loadgen'
    const records = format === 'predecessor' ? lintPredecessor(file, findings) : lintOurs(file, findings)
    return { file, format, records, findings: findings.list() }
  })
}

function lintOurs(file: string, findings: Findings): number {
  if (statSync(file).isFile() && !basename(file).startsWith('experiences.jsonl')) {
    findings.overall(
      'foreign',
      "neither the predecessor's records nor an experiences.jsonl beside its dataset.json",
    )
    return 0
  }
  try {
    return lintRun(file, findings)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    const kind = /experiences\.jsonl(\.\w+)?: empty/.test(error.message) ? 'empty' : 'dataset'
    findings.overall(kind, error.message)
    return 0
  }
}

function isOfPredecessor(file: string): boolean {
  let looked = 0
  for (const { text, ended } of readLines(file)) {
    const { value } = parsed(text.replace('\uFEFF', ''), ended)
    if (isPredecessors(value)) return true
    if (typeof value === 'object' && value !== null && 'v' in value) return false
    if (++looked >= LOOKED_AT) break
  }
  return false
}
