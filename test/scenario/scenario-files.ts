/** Scenario files on disk for the tests of this room: the loader reads folders, so the tests write folders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import type { Vocabulary } from '../../src/scenario/index.ts'

const root = mkdtempSync(path.join(tmpdir(), 'loadgen-scenario-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0

/** Writes files into a new folder and returns it. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = path.join(root, String(folders++))
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return folder
}

/** Writes one scenario file and returns its path. */
export function fileOf(content: string, name = 'scenario.yaml'): string {
  return path.join(folderOf({ [name]: content }), name)
}

export const DIALECTS = path.join(import.meta.dirname, '../fixtures/dialects')

export const vocabulary: Vocabulary = {
  routes: ['cart.add', 'inventory.search'],
  instanceFeatures: ['inFlight', 'cpu', 'queueDepth'],
  checkPolicy: (text) => (text.startsWith('bad-') ? `unknown policy "${text}"` : undefined),
  algorithms: ['q-learning', 'cql'],
  faults: [
    {
      name: 'errors',
      parameters: [
        { name: 'rate', min: 0, max: 1, summary: 'share of the requests' },
        { name: 'status', default: 500, min: 400, max: 599, summary: 'status of the answer' },
      ],
      taken: ({ rate }) => rate!,
    },
    { name: 'black-hole', parameters: [], taken: () => 1 },
    {
      name: 'latency',
      parameters: [{ name: 'latencyMs', default: 0, min: 0, max: 1000, summary: 'added to the latency' }],
    },
  ],
}

/** The smallest scenario that is valid. */
export const MINIMAL = `
name: tiny
description: One phase
accounts: 10
phases:
  - { name: only, durationMinutes: 2, users: 4, behaviors: { quick-browser: 1 } }
`

/** The message of the error that `action` throws. */
export function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}
