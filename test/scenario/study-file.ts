/** A small scenario in a folder of its own, with whatever is to be added. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const SMALL = `
name: small
description: One short phase
seed: 7
accounts: 10
phases: [{ name: only, durationMinutes: 1, users: 4, behaviors: { quick-browser: 1 } }]
evaluation: { policies: [round-robin, least-outstanding] }
`

/** @returns its path */
export function scenarioFile(added: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-study-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'small.yaml')
  writeFileSync(file, `${SMALL}${added}\n`)
  return file
}
