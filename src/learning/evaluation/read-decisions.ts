/** Reads recorded runs for an evaluation. */
import { DataError } from '../../core/index.ts'
import { openRuns, skippedOf } from '../data/recorded-data.ts'
import { candidateFeatures, stateFeatures } from '../encoders/encoded-features.ts'
import { FeatureReader } from '../encoders/feature-reader.ts'
import { RecordedDecisions } from './recorded-decisions.ts'

/** What the model of the rewards tells apart: how full the service is, how dear the request, how the instance does. */
export const MODEL_FEATURES = {
  state: ['load', 'dearness'].map((name) => stateFeatures.get(name)),
  instance: ['inFlight', 'relativeLatency', 'errorRate'].map((name) => candidateFeatures.get(name)),
}

export interface ReadDecisions {
  readonly decisions: RecordedDecisions
  /** Paths of the `experiences.jsonl`, by run. */
  readonly files: readonly string[]
  /** Lines and records left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** What was wrong with lines, the first few of each run in words. */
  readonly problems: readonly string[]
}

/**
 * @param directories run directories, or paths of their `experiences.jsonl`
 * @throws DataError if a run cannot be read, was recorded with other features, or has no usable decision
 */
export function readDecisions(directories: readonly string[]): ReadDecisions {
  const runs = openRuns(directories)
  const decisions = new RecordedDecisions(new FeatureReader(MODEL_FEATURES.state, MODEL_FEATURES.instance))
  for (const [index, run] of runs.entries())
    for (const record of run.records()) decisions.append(index, record)
  const skipped = skippedOf(decisions.log, runs)
  const files = runs.map(({ file }) => file)
  if (decisions.length === 0) throw nothingUsable(files, skipped)
  return {
    decisions,
    files,
    skipped,
    problems: runs.flatMap(({ problems }) => problems.messages),
  }
}

function nothingUsable(files: readonly string[], skipped: ReadDecisions['skipped']): DataError {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`)
  const left = reasons.length === 0 ? '' : ` (left out: ${reasons.join(', ')})`
  return new DataError(`${files.join(', ')}: no usable decision${left}: record one with "loadgen run"`)
}
