/** A small run of the virtual world, whole and in segments, as the tests of merging take it apart. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FinishedRun,
  type RunScenarioOptions,
  runScenario,
  SILENT_RUN,
} from '../../../src/study/index.ts'
import { scenarioOf } from '../../shop/small-scenario.ts'

export const SEGMENTS = 4

const SCENARIO = scenarioOf(`
name: in-shares
description: a crowd, a burst and a fault
world: virtual
seed: 4
accounts: 60
client: { retries: { most: 2 } }
phases:
  - name: calm
    durationMinutes: 0.4
    users: 12
    behaviors: { quick-browser: 0.5, chaos-user: 0.5 }
  - name: burst
    durationMinutes: 0.4
    sessionsPerSecond: 3
    behaviors: { quick-browser: 0.7, bulk-buyer: 0.3 }
thresholds: { maxLatencyMs: '< 1' }
`)

function run(out: string, share: RunScenarioOptions['share']): Promise<FinishedRun> {
  return runScenario({
    loaded: { scenario: SCENARIO, warnings: ['careful'], source: { file: 'shares.yaml', dialect: 'native' } },
    out,
    ...(share === undefined ? {} : { share }),
    train: false,
    evaluate: false,
    jobs: 1,
    events: SILENT_RUN,
    signal: new AbortController().signal,
  })
}

export interface SegmentRuns {
  /** Everything of the test, to be removed at its end. */
  readonly folder: string
  readonly whole: FinishedRun
  /** Run directories, in the order of the segments. */
  readonly segments: readonly string[]
}

export async function segmentRuns(): Promise<SegmentRuns> {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-merge-'))
  const whole = await run(folder, undefined)
  const segments: string[] = []
  for (let index = 0; index < SEGMENTS; index++) {
    const into = join(folder, `segment-${index}`)
    segments.push(into)
    await run(folder, { segment: { index, count: SEGMENTS }, into })
  }
  return { folder, whole, segments }
}

/** A copy of a run directory in which a JSON file says something else. */
export function changed(
  directory: string,
  name: string,
  file: 'manifest.json' | 'statistics.json',
  change: (json: Record<string, unknown>) => void,
): string {
  const copy = `${directory}-${name}`
  cpSync(directory, copy, { recursive: true })
  const path = join(copy, file)
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  change(json)
  writeFileSync(path, JSON.stringify(json))
  return copy
}
