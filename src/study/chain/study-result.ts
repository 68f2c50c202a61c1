/** What a study comes to: the shape of `study.json`, and all that its reports show. */
import type { Evaluation } from '../evaluate-policies.ts'
import type { CollectedRun } from './collect-runs.ts'
import type { LoadComparison } from './compare-models.ts'
import type { EstimateCheck } from './estimate-checks.ts'
import type { StudyDirectory, StudyIdentity } from './study-directory.ts'
import type { StudyModel } from './train-models.ts'

export interface StudyResult extends StudyIdentity {
  readonly description: string
  readonly source: string
  readonly quick: boolean
  readonly directory: StudyDirectory
  /** Made the data. */
  readonly collectingPolicy: string
  /** By what they serve for; no seed serves for two things. */
  readonly seeds: Readonly<Record<string, readonly number[]>>
  readonly runs: readonly CollectedRun[]
  /** The first is the one on trial. */
  readonly models: readonly StudyModel[]
  readonly evaluation: Evaluation | null
  /** By load, in the order of the plan. */
  readonly comparisons: readonly LoadComparison[]
  /** At the first of these loads. */
  readonly checks: readonly EstimateCheck[]
  /** What went wrong and did not end the study. */
  readonly problems: readonly string[]
}
