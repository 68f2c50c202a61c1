/**
 * A run against a balancer that is not ours. If the scenario says how it names instances (`capture`), its decisions are
 * recorded as the client sees them; else the load is all there is.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { UsageError } from '../core/index.ts'
import { type DatasetDescription, JsonlFile } from '../experience/index.ts'
import type { CaptureSettings } from '../scenario/index.ts'
import {
  type CaptureTokens,
  describeCaptured,
  epochMs,
  LiveClock,
  type RunningCapture,
  startCapture,
} from '../worlds/index.ts'
import { capturedRun } from './captured-run.ts'
import { FLUSH_MS, generateLoad, type LoadTarget } from './generate-load.ts'
import { GeneratorProcesses } from './processes/load-by-processes.ts'
import { sendLoad } from './processes/send-load.ts'
import { targetAddress } from './target-address.ts'
import type { WorldRunOptions, WorldRunResult } from './world-run.ts'

export async function runExternal(options: WorldRunOptions, target: string): Promise<WorldRunResult> {
  const { capture: settings } = options.scenario
  const generators = await GeneratorProcesses.startFor(options)
  const place = { ...targetAddress(target), startEpochMs: options.startEpochMs ?? epochMs() }
  if (settings !== undefined) return runCaptured(options, place, settings)
  const sent = await sendLoad(options, place, generators)
  const experience = { decisions: 0, recorded: 0, file: null, rewards: null }
  return { ...sent, decisions: undefined, captured: undefined, experience }
}

async function runCaptured(
  options: WorldRunOptions,
  place: LoadTarget,
  settings: CaptureSettings,
): Promise<WorldRunResult> {
  const { runId: run, scenario, directory } = options
  const tokens = captureTokens(settings)
  const { now } = new LiveClock(place.startEpochMs)
  const file = await JsonlFile.create(directory.experiences)
  let told = false
  const running = startCapture({
    run,
    scenario,
    settings,
    tokens,
    sink: file,
    now,
    onInstance: () => (told = false),
  })
  /** A reader of what has been recorded so far must find the instances of it. */
  const tell = (): void => {
    if (told) return
    told = true
    replaceDescription(directory.dataset, describeCaptured(run, scenario, settings, running.capture))
  }
  tell()
  const flushing = setInterval(() => {
    tell()
    file.flush()
  }, FLUSH_MS)
  let endMs: number
  try {
    endMs = await generateLoad(options, { ...place, capture: running.capture })
  } finally {
    clearInterval(flushing)
    await running.close()
    tell()
    await file.close()
  }
  return { endMs, stopped: null, ...resultsOf(running, settings, directory.experiences) }
}

function resultsOf(
  running: RunningCapture,
  settings: CaptureSettings,
  file: string,
): Pick<WorldRunResult, 'decisions' | 'captured' | 'experience'> {
  const { log, capture } = running
  return {
    decisions: capture.decisions,
    captured: capturedRun(settings, running),
    experience: {
      decisions: log.decisions,
      recorded: log.recorded,
      file,
      rewards: log.rewards.means() ?? null,
    },
  }
}

/** From the environment: a secret has no place in a scenario, which is written into every manifest. */
export function captureTokens({ prometheus, admin }: CaptureSettings): CaptureTokens {
  return { prometheus: tokenOf(prometheus), admin: tokenOf(admin) }
}

/** @throws UsageError if the scenario asks for a token that is not there */
function tokenOf(
  server: { readonly url: string; readonly tokenVariable: string | null } | null,
): string | undefined {
  if (server === null || server.tokenVariable === null) return undefined
  const token = process.env[server.tokenVariable]
  if (token !== undefined && token !== '') return token
  throw new UsageError(
    `${server.tokenVariable} is not set: the scenario wants the token for ${server.url} in this environment variable`,
  )
}

/** Writes beside the place and renames, so that a reader finds the whole file or the one before. */
function replaceDescription(path: string, description: DatasetDescription): void {
  writeFileSync(`${path}.tmp`, `${JSON.stringify(description, null, 2)}\n`)
  renameSync(`${path}.tmp`, path)
}
