/** Temporary folders, the scenario files that the tests run, and the files that a run leaves. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import type { DatasetDescription, ExperienceRecord } from '../../src/experience/index.ts'
import type { RequestRecord, RunSummary } from '../../src/study/index.ts'

const root = mkdtempSync(path.join(tmpdir(), 'loadgen-e2e-'))
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }))

/** A new folder with these files in it. */
export function folderOf(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(root, 'f-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content)
  return folder
}

/** The one folder in a folder. */
export function onlyFolderIn(folder: string): string {
  const [name, ...others] = readdirSync(folder)
  if (name === undefined || others.length > 0) throw new Error(`${folder}: not one folder`)
  return path.join(folder, name)
}

/** More than a thousand requests in virtual time: done in a second, and enough to learn from. */
export const VIRTUAL = `
name: small
description: Two phases in virtual time
world: virtual
seed: 11
timeScale: 20
accounts: 30
phases:
  - { name: calm, durationMinutes: 1, users: 8, behaviors: { quick-browser: 0.5, bulk-buyer: 0.5 } }
  - { name: busy, durationMinutes: 1, users: 16, behaviors: { careful-shopper: 0.5, bulk-buyer: 0.5 } }
training: { algorithm: q-learning }
evaluation: { seeds: 2, policies: [round-robin, least-outstanding] }
`

/** To be added to it: faults of all makes, and a client that deals with them. */
export const TROUBLE = `
faults:
  - { kind: latency, factor: 4, service: cart, phase: busy }
  - { kind: errors, rate: 0.5, service: inventory, share: 0.5, startMinute: 0.5, durationMinutes: 0.5 }
chaos:
  - { everySeconds: 20, lastSeconds: [5, 10], faults: [{ kind: crash }, { kind: refuse, rate: 0.3 }] }
client: { timeoutSeconds: 2, retries: { most: 2, on: [connect, reset, timeout, '500'] } }
`

/** A few seconds on real sockets, with orders in it. */
export function liveScenario(seconds: number): string {
  return `
name: live
description: A few seconds on real sockets
world: live
seed: 3
timeScale: 60
accounts: 30
phases:
  - { name: first, durationMinutes: ${seconds / 120}, users: 8, behaviors: { bulk-buyer: 1 } }
  - { name: second, durationMinutes: ${seconds / 120}, users: 12, behaviors: { flash-sale-shopper: 1 } }
training: { algorithm: q-learning }
`
}

export const RUN_FILES = [
  'dataset.json',
  'experiences.jsonl',
  'manifest.json',
  'report.html',
  'requests.jsonl',
  'run.log',
  'statistics.json',
  'summary.json',
] as const

/** Of a run that is large enough for a cache of its columns. */
export const TRAINED_RUN_FILES = [...RUN_FILES, 'experiences.jsonl.bin', 'model'].sort()

export const MODEL_FILES = [
  'action_mappings.json',
  'model.json',
  'q_table.json',
  'state_encoder.json',
] as const

/** The one run directory in `folder`. */
export class RunFiles {
  readonly path: string

  constructor(folder: string) {
    this.path = onlyFolderIn(folder)
  }

  list(folder = ''): string[] {
    return readdirSync(path.join(this.path, folder)).sort()
  }

  text(file: string): string {
    return readFileSync(path.join(this.path, file), 'utf8')
  }

  get summary(): RunSummary {
    return JSON.parse(this.text('summary.json')) as RunSummary
  }

  get dataset(): DatasetDescription {
    return JSON.parse(this.text('dataset.json')) as DatasetDescription
  }

  get experiences(): ExperienceRecord[] {
    return linesOf<ExperienceRecord>(this.text('experiences.jsonl'))
  }

  get requests(): RequestRecord[] {
    return linesOf<RequestRecord>(this.text('requests.jsonl'))
  }
}

/** Every line parsed; the last must have ended, too. */
function linesOf<Line>(text: string): Line[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the last line is cut off')
  return lines.map((line) => JSON.parse(line) as Line)
}
