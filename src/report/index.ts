/** What a run amounts to: as text for the terminal, as JSON for programs, as HTML for people. */

export type { LearningCurve } from './charts/learning-curves.ts'
export { comparisonCsv } from './comparison-csv.ts'
export { comparisonText } from './comparison-text.ts'
export { datasetStatisticsText, lintText } from './dataset-text.ts'
export { doctorText } from './doctor-text.ts'
export { evaluationText } from './evaluation-text.ts'
export {
  factsText,
  formatDuration,
  formatMs,
  formatPercent,
  formatRate,
  formatScore,
} from './format.ts'
export { htmlReport, writeHtmlReport } from './html-report.ts'
export { formatSearchedRate, kneeText } from './knee-text.ts'
export { type PlanFacts, planText } from './plan.ts'
export type { PlannedFault } from './plan-faults.ts'
export { studiesText } from './study/study-text.ts'
export { writeStudiesTable, writeStudy } from './study/write-study.ts'
export { createStyle, type Style } from './style.ts'
export { type TerminalSummaryOptions, terminalSummary } from './terminal-summary.ts'
export { comparisonVerdict, thresholdVerdict, type Verdict } from './verdict.ts'
export { calibrationTable, writeCalibration } from './write-calibration.ts'
export { comparisonCharts, type WriteComparisonOptions, writeComparison } from './write-comparison.ts'
export { writeKnee } from './write-knee.ts'
export { writeSummary } from './write-summary.ts'
