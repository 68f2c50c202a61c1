/**
 * `statistics.json`: all that a run measured and all that its summary says beside it. The summary is a function of this
 * and the scenario, so it can be made again; and runs that are shares of one are merged by it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { DataError, WorldError } from '../../core/index.ts'
import { RewardSums, type RewardSumsJson } from '../../experience/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { DecisionStatistics, type DecisionStatisticsJson } from '../../worlds/index.ts'
import type { SummaryInput } from '../summary/summarize.ts'
import { RunStatistics, type RunStatisticsJson } from './run-statistics.ts'

const VERSION = 1

type Facts = Omit<SummaryInput, 'scenario' | 'statistics' | 'decisions' | 'experience' | 'startedAt'>

/** What stands in the file. */
export interface KeptStatistics extends Facts {
  readonly version: number
  readonly startedAt: string
  readonly statistics: RunStatisticsJson
  /** Null with a balancer that is not ours, and whose decisions were not captured. */
  readonly decisions: DecisionStatisticsJson | null
  readonly experience: {
    readonly decisions: number
    readonly recorded: number
    /** There are records: an `experiences.jsonl` beside this file. */
    readonly kept: boolean
    readonly rewards: RewardSumsJson | null
  }
}

/** @throws WorldError if it cannot be written */
export function keepStatistics(file: string, input: SummaryInput): void {
  const { scenario: _, statistics, decisions, experience, startedAt, endMs, ...facts } = input
  statistics.finish(endMs)
  const { file: records, rewards, ...counts } = experience
  const kept: KeptStatistics = {
    version: VERSION,
    ...facts,
    startedAt: startedAt.toISOString(),
    endMs,
    experience: { ...counts, kept: records !== null, rewards: rewards?.sums ?? null },
    decisions: decisions?.toJSON() ?? null,
    statistics: statistics.toJSON(),
  }
  try {
    writeFileSync(file, `${JSON.stringify(kept)}\n`)
  } catch (error) {
    throw new WorldError(`${file}: cannot be written (${(error as Error).message}): free some space`)
  }
}

/**
 * What a summary is made of.
 *
 * @param experiences the file of the records, named in the summary if there are any
 * @throws DataError if the file is missing, cut off, or not of this scenario
 */
export function readStatistics(file: string, scenario: Scenario, experiences: string): SummaryInput {
  const kept = parse(file)
  if (kept?.version !== VERSION) {
    throw new DataError(
      `${file}: version: expected ${VERSION}, got ${JSON.stringify(kept?.version)}: read it with the release that wrote it`,
    )
  }
  const { version: _, statistics, decisions, experience, startedAt, ...facts } = kept
  try {
    const { kept: recorded, rewards, ...counts } = experience
    requireFacts(kept)
    return {
      ...facts,
      scenario,
      startedAt: new Date(startedAt),
      statistics: RunStatistics.fromJSON(scenario, statistics),
      decisions: decisions === null ? undefined : DecisionStatistics.fromJSON(decisions),
      experience: {
        ...counts,
        file: recorded ? experiences : null,
        rewards: rewards === null ? null : RewardSums.fromJSON(rewards).means(),
      },
    }
  } catch (error) {
    const { message } = error as Error
    throw new DataError(error instanceof DataError ? `${file}: ${message}` : `${file}: ${HOW} (${message})`)
  }
}

/** @throws TypeError if one of those that the summary cannot do without is not what it should be */
function requireFacts({ startedAt, endMs, wallMs, warnings, interrupted }: KeptStatistics): void {
  const sound = {
    startedAt: !Number.isNaN(Date.parse(startedAt)),
    endMs: Number.isFinite(endMs),
    wallMs: Number.isFinite(wallMs),
    warnings: Array.isArray(warnings),
    interrupted: typeof interrupted === 'boolean',
  }
  for (const [name, isSound] of Object.entries(sound)) if (!isSound) throw new TypeError(name)
}

const HOW = 'not as "loadgen run" writes it: copy it again, or record the run again'

function parse(file: string): KeptStatistics | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new DataError(
      code === 'ENOENT'
        ? `${file}: no such file: "loadgen run" writes it when a run ends; one that was killed has none`
        : `${file}: cannot be read (${message})`,
    )
  }
  try {
    return JSON.parse(text) as KeptStatistics | null
  } catch (error) {
    throw new DataError(`${file}: cut off, or no JSON (${(error as Error).message}): copy the file again`)
  }
}
