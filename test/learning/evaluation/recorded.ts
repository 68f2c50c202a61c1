/** Recorded decisions for the tests of this folder: of synthetic runs, without a detour by the disk. */
import { FeatureReader } from '../../../src/learning/encoders/feature-reader.ts'
import { MODEL_FEATURES } from '../../../src/learning/evaluation/read-decisions.ts'
import { RecordedDecisions } from '../../../src/learning/evaluation/recorded-decisions.ts'
import type { SyntheticRun } from '../synthetic-run.ts'

export function recorded(...runs: readonly Pick<SyntheticRun, 'records'>[]): RecordedDecisions {
  const decisions = new RecordedDecisions(new FeatureReader(MODEL_FEATURES.state, MODEL_FEATURES.instance))
  for (const [index, { records }] of runs.entries())
    for (const record of records) decisions.append(index, record)
  return decisions
}
