/** The charts of the report, by the section that shows them. To add one: a file here, and a line below. */
import type { ChartBuilder } from './chart.ts'
import { comparisonChart } from './comparison.ts'
import { errorsChart } from './errors.ts'
import { instanceCharts } from './instances.ts'
import { latencyChart } from './latency.ts'
import { latencyPercentilesChart } from './latency-percentiles.ts'
import { learningCurveChart } from './learning-curve.ts'
import { loadChart } from './load.ts'
import { phaseLatencyChart } from './phase-latency.ts'
import { rewardsChart } from './rewards.ts'

export const CHARTS = {
  overTime: [loadChart, latencyChart, errorsChart],
  percentiles: [latencyPercentilesChart],
  comparison: [comparisonChart],
  phases: [phaseLatencyChart],
  services: [instanceCharts],
  decisions: [rewardsChart],
  training: [learningCurveChart],
} as const satisfies Record<string, readonly ChartBuilder[]>
