/** From recorded runs to what learners train on: read into columns, and split by time. */
import { canonicalJson, DataError, type Random, sha256Hex } from '../../core/index.ts'
import { openDistinctRuns, type RecordedRun } from '../../experience/index.ts'
import { candidateFeatures, type FeatureChoice, stateFeatures } from '../encoders/encoded-features.ts'
import { FeatureReader } from '../encoders/feature-reader.ts'
import { type DataSplit, splitByTime } from './data-split.ts'
import { DecisionLog } from './decision-log.ts'
import { shuffle } from './epoch-order.ts'
import { featureDifference } from './feature-difference.ts'

export interface RecordedData {
  /** Which features the columns of the log are, in their order. */
  readonly features: FeatureChoice
  readonly log: DecisionLog
  /** Training rows in an order that was drawn, validation rows in the order of time. */
  readonly split: DataSplit
  /** Standard deviation of the training rewards (1 if they are all equal): the unit of learned values. */
  readonly rewardScale: number
  /** SHA-256 over `dataset.json` and `experiences.jsonl` of every run, in the order given. */
  readonly dataHash: string
  /** Lines and records left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** What was wrong with lines, the first few of each run in words. */
  readonly problems: readonly string[]
}

/**
 * Reads runs and makes the two splits.
 *
 * @param directories run directories, or paths of their `experiences.jsonl`
 * @param random draws the order of the training rows
 * @throws UsageError for an unknown feature
 * @throws DataError if a run cannot be read, was recorded with other features, or has too few usable decisions
 */
export function readRecordedData(
  directories: readonly string[],
  features: FeatureChoice,
  random: Random,
): RecordedData {
  const state = features.state.map((name) => stateFeatures.get(name))
  const candidate = features.instance.map((name) => candidateFeatures.get(name))
  const runs = openRuns(directories)
  const log = new DecisionLog(new FeatureReader(state, candidate))
  for (const [index, run] of runs.entries()) {
    const services = Object.keys(run.description.services)
    for (const batch of run.columns()) log.appendBatch(index, batch, services)
  }

  const split = splitByTime(log)
  if (split.validation.length === 0) throw tooFew(log, runs)
  const rewardScale = deviationOf(log.reward, split.training)
  if (!Number.isFinite(rewardScale)) throw tooLarge(log, runs)
  shuffle(split.training, random)
  return {
    features,
    log,
    split,
    rewardScale,
    dataHash: dataHashOf(runs),
    skipped: skippedOf(log, runs),
    problems: runs.flatMap((run) => run.problems.messages),
  }
}

export function openRuns(directories: readonly string[]): RecordedRun[] {
  if (directories.length === 0) throw new DataError('no data: name at least one run directory')
  const runs = openDistinctRuns(directories)
  for (const { file, description } of runs) {
    const difference = featureDifference(description)
    if (difference !== undefined) {
      throw new DataError(`${file}: recorded with other features: ${difference}: record the run again`)
    }
  }
  return runs
}

function tooFew(log: DecisionLog, runs: readonly RecordedRun[]): DataError {
  const skipped = Object.entries(skippedOf(log, runs)).map(([reason, count]) => `${count} ${reason}`)
  const [problem] = runs.flatMap((run) => run.problems.messages)
  const first = problem === undefined ? '' : `; the first: ${problem}`
  const left = skipped.length === 0 ? '' : ` (left out: ${skipped.join(', ')}${first})`
  const files = runs.map((run) => run.file).join(', ')
  return new DataError(
    `${files}: ${log.length} usable decisions${left}: expected at least 5 in one run, to train on 4 and judge on 1`,
  )
}

/** Of finite rewards whose squares are not. */
function tooLarge({ reward }: DecisionLog, runs: readonly RecordedRun[]): DataError {
  const greatest = reward.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const files = runs.map((run) => run.file).join(', ')
  return new DataError(
    `${files}: rewards up to ${greatest.toPrecision(3)} in size, of which no mean can be computed: ` +
      'reward the decisions again with "loadgen dataset reward"',
  )
}

/** Lines and records of the runs that are of no use, by reason. To be asked when they have been read. */
export function skippedOf(log: DecisionLog, runs: readonly RecordedRun[]): Record<string, number> {
  const skipped = new Map<string, number>(log.skipped)
  for (const run of runs) {
    for (const [fault, count] of run.problems.counts) skipped.set(fault, (skipped.get(fault) ?? 0) + count)
  }
  return Object.fromEntries(skipped)
}

function dataHashOf(runs: readonly RecordedRun[]): string {
  return sha256Hex(runs.map((run) => `${canonicalJson(run.description)}\n${run.contentHash}\n`).join(''))
}

function deviationOf(values: Float64Array, rows: Uint32Array): number {
  let mean = 0
  for (const row of rows) mean += values[row]! / rows.length
  let variance = 0
  for (const row of rows) variance += (values[row]! - mean) ** 2 / rows.length
  const deviation = Math.sqrt(variance)
  // Equal rewards differ from their mean by rounding only; dividing by that would blow them up.
  return deviation > 1e-9 * Math.abs(mean) ? deviation : 1
}
