/** A comparison as files: the table as JSON and CSV, the single results, and the pictures. */
import { join } from 'node:path'
import type { Comparison } from '../study/index.ts'
import type { Chart } from './charts/chart.ts'
import { ratioIntervalsChart } from './charts/comparison.ts'
import { faultyShareChart } from './charts/faulty-share.ts'
import { latencyDistributionChart } from './charts/latency-distribution.ts'
import { type LearningCurve, learningCurvesChart } from './charts/learning-curves.ts'
import { loadPngRenderer, pictureOf } from './charts/picture.ts'
import { loadChartRenderer } from './charts/render-chart.ts'
import { comparisonCsv } from './comparison-csv.ts'
import { writeAtomically } from './write-summary.ts'

export interface WriteComparisonOptions {
  /** Of the models among the policies, where they are known. */
  readonly curves?: readonly LearningCurve[]
}

/** The pictures of a comparison, those that there is something to show in. */
export function comparisonCharts(comparison: Comparison, curves: readonly LearningCurve[] = []): Chart[] {
  const [intervals] = ratioIntervalsChart(comparison)
  const title = `Latency relative to the reference: ${comparison.scenario.name}`
  return [
    ...(intervals === undefined ? [] : [{ ...intervals, id: 'ratio-intervals', title }]),
    ...latencyDistributionChart(comparison),
    ...faultyShareChart(comparison),
    ...learningCurvesChart(curves),
  ]
}

/**
 * Writes `comparison.json`, `comparison.csv`, `replays.jsonl` and every chart as SVG and PNG. Without the fonts of
 * `dejavu-fonts-ttf` there are no PNGs. `openComparisonDirectory` says beforehand whether it may be written there.
 *
 * @returns the paths of the files
 * @throws WorldError if the directory cannot be written
 */
export async function writeComparison(
  directory: string,
  comparison: Comparison,
  { curves = [] }: WriteComparisonOptions = {},
): Promise<string[]> {
  const { results, ...table } = comparison
  const files = new Map<string, string | Uint8Array>([
    ['replays.jsonl', results.map((result) => `${JSON.stringify(result)}\n`).join('')],
    ['comparison.csv', comparisonCsv(comparison)],
  ])
  const [render, toPng] = await Promise.all([loadChartRenderer(), loadPngRenderer()])
  for (const chart of comparisonCharts(comparison, curves)) {
    const svg = pictureOf(chart, render)
    files.set(`${chart.id}.svg`, svg)
    if (toPng !== undefined) files.set(`${chart.id}.png`, toPng(svg))
  }
  // Last, since a directory with it counts as a whole comparison.
  files.set('comparison.json', `${JSON.stringify(table, null, 2)}\n`)
  for (const [name, content] of files) await writeAtomically(join(directory, name), content)
  return [...files.keys()].map((name) => join(directory, name))
}
