/** What can be done with recorded runs: look at them, check them, divide, join, reward, export and import them. */
export { DIVISIONS, type Division } from './chooser.ts'
export {
  type DatasetStatistics,
  datasetStatistics,
  GROUPINGS,
  type Grouping,
} from './dataset-statistics.ts'
export type { DerivedRuns, WrittenRun } from './derived-run.ts'
export { sampleRun, splitRun } from './divide-run.ts'
export { EXPORT_FORMATS, type ExportFormat, exportRun } from './export-run.ts'
export type { Finding, FindingKind, FindingLevel } from './findings.ts'
export type { GroupStatistics } from './group-statistics.ts'
export { importPredecessor } from './import-predecessor.ts'
export { type LintedFile, lintFiles } from './lint-files.ts'
export { mergeRuns } from './merge-runs.ts'
export { mergeShares, unionOf } from './merge-shares.ts'
export { rewardRun } from './reward-run.ts'
export { requestsFileOf, type SessionIndex, sessionsIfKnown } from './session-index.ts'
export type { Distribution } from './spread.ts'
export type { Criterion } from './success-criteria.ts'
