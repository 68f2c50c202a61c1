/**
 * Our records as the predecessor's `rl_experiences.jsonl`, which its unmodified trainer reads.
 *
 * What it would not survive is left out and counted: a null next state, a null action or a reward that is no finite
 * number ends its whole run. The routed service's own instances stand in the map, in the order of `dataset.json`: it
 * encodes the first of the map, whatever was chosen. Fields that it does not know (candidates, propensity, latency) are
 * ignored by it and kept for whoever reads the file next.
 */
import { join } from 'node:path'
import { DataError } from '../../core/index.ts'
import type { RecordedRun } from '../read-records.ts'
import type { ExperienceRecord, RecordedState } from '../record.ts'
import { isoTime, metricsOf, type PredecessorState } from './predecessor.ts'
import { TextFile } from './text-file.ts'

export const PREDECESSOR_FILE = 'rl_experiences.jsonl'

/** Why the predecessor cannot have a record. */
type Reason = 'no-action' | 'no-reward' | 'no-next'

export interface Exported {
  readonly decisions: number
  readonly leftOut: Readonly<Record<string, number>>
  readonly problems: readonly string[]
}

/** @throws DataError if fewer than two records are left: its split would be empty */
export function exportPredecessor(run: RecordedRun, directory: string): Exported {
  const file = new TextFile(join(directory, PREDECESSOR_FILE))
  const leftOut: Record<string, number> = {}
  const varies = new Variation()
  try {
    for (const record of run.records()) {
      const reason = reasonToLeaveOut(record)
      if (reason !== undefined) leftOut[reason] = (leftOut[reason] ?? 0) + 1
      else {
        const line = lineOf(record, run.description.services[record.service]!)
        varies.add(line.state)
        file.line(JSON.stringify(line))
      }
    }
  } finally {
    file.close()
  }
  if (file.lines < 2) {
    throw new DataError(
      `${run.file}: ${file.lines} records with action, reward and next state: expected at least 2`,
    )
  }
  return { decisions: file.lines, leftOut, problems: varies.problems() }
}

function reasonToLeaveOut({ action, reward, next }: ExperienceRecord): Reason | undefined {
  if (action === null) return 'no-action'
  if (!Number.isFinite(reward)) return 'no-reward'
  return next === null ? 'no-next' : undefined
}

function lineOf(record: ExperienceRecord, instances: readonly string[]) {
  const { state, next, t, action, reward, service, route, outcome, propensity } = record
  // A line is written when the answer is in and the next decision is made.
  const loggedMs = t + Math.max(outcome?.latencyMs ?? 0, next!.dtMs)
  return {
    state: stateOf(state, t, instances),
    action: action!.instance,
    reward,
    next_state: stateOf(next!, t + next!.dtMs, instances),
    metadata: {
      path: `/proxy/${service}/${route}`,
      status: outcome?.status ?? 0,
      timestamp: isoTime(loggedMs),
      service,
      candidates: instances.slice(0, state.instances.length),
      propensity,
      latencyMs: outcome?.latencyMs ?? null,
      recordVersion: record.v,
    },
  }
}

function stateOf(state: RecordedState, timeMs: number, instances: readonly string[]): PredecessorState {
  const metrics = state.instances.map((row, i) => [instances[i]!, metricsOf(row, timeMs)] as const)
  return { timestamp: isoTime(timeMs), metrics: Object.fromEntries(metrics) }
}

/** Whether every metric has two values at least: the predecessor leaves a feature with one value unfitted. */
class Variation {
  readonly #first = new Map<string, number>()
  readonly #varies = new Set<string>()

  add({ metrics }: PredecessorState): void {
    for (const values of Object.values(metrics)) {
      for (const [name, value] of Object.entries(values)) {
        if (value === null) continue
        const first = this.#first.get(name)
        if (first === undefined) this.#first.set(name, value)
        else if (first !== value) this.#varies.add(name)
      }
    }
  }

  problems(): string[] {
    const constant = [...this.#first.keys()].filter((name) => !this.#varies.has(name))
    if (constant.length === 0) return []
    return [`${constant.join(', ')}: one value only: the predecessor cannot fit bins to that`]
  }
}
