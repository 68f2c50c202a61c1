/** What a run amounts to: as text for the terminal, as JSON for programs, as HTML for people. */

export { doctorText } from './doctor-text.ts'
export { formatDuration, formatMs, formatPercent, formatRate, formatScore } from './format.ts'
export { htmlReport, writeHtmlReport } from './html-report.ts'
export { type PlanFacts, planText } from './plan.ts'
export type { PlannedFault } from './plan-faults.ts'
export { createStyle, type Style } from './style.ts'
export { type TerminalSummaryOptions, terminalSummary } from './terminal-summary.ts'
export { comparisonVerdict, thresholdVerdict, type Verdict } from './verdict.ts'
export { writeSummary } from './write-summary.ts'
