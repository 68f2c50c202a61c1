/** A calibration as files: the numbers, a table in Markdown, and a chart per estimator. */
import { join } from 'node:path'
import type { Calibration, CalibrationPoint } from '../study/index.ts'
import { calibrationChart } from './charts/calibration.ts'
import { pictureOf } from './charts/picture.ts'
import { loadChartRenderer } from './charts/render-chart.ts'
import { formatPercent, formatScore } from './format.ts'
import { writeAtomically } from './write-summary.ts'

/**
 * @returns the paths of the files
 * @throws WorldError if the directory cannot be written
 */
export async function writeCalibration(directory: string, calibration: Calibration): Promise<string[]> {
  const render = await loadChartRenderer()
  const files = new Map([
    ['calibration.json', `${JSON.stringify(calibration, null, 2)}\n`],
    ['calibration-table.md', calibrationTable(calibration)],
  ])
  for (const estimator of calibration.estimators) {
    for (const chart of calibrationChart(calibration, estimator)) {
      files.set(`${chart.id}.svg`, pictureOf(chart, render))
    }
  }
  for (const [name, content] of files) await writeAtomically(join(directory, name), content)
  return [...files.keys()].map((name) => join(directory, name))
}

/** Two tables: how often each estimator was right, and every policy on every scenario. */
export function calibrationTable({ points, estimators }: Calibration): string {
  const rows = points.map((point) => [
    point.scenario,
    `\`${point.policy}\``,
    difference(point.realisedDifference.mean, point.realisedDifference),
    ...estimators.map((name) => {
      const { difference: own, refusal } = point.estimates.find(({ estimator }) => estimator === name)!
      return refusal === null ? difference(own.value, own) : 'refused'
    }),
    formatPercent(point.effectiveShare, 0),
    formatPercent(point.trafficShift, 0),
    point.verdict,
  ])
  return [
    ...table(
      [
        'estimator',
        'estimates',
        'refused',
        'intervals that meet',
        'sign right',
        'sign wrong',
        'mean error',
        'mean realised',
      ],
      estimators.map((estimator) => accuracy(points, estimator)),
    ),
    '',
    ...table(['scenario', 'policy', 'realised', ...estimators, 'ESS', 'moves', 'verdict'], rows),
    '',
  ].join('\n')
}

/** A sign counts where both intervals leave 0 out: both say that there is a difference. */
function accuracy(points: readonly CalibrationPoint[], estimator: string): string[] {
  let estimates = 0
  let meet = 0
  let right = 0
  let wrong = 0
  let error = 0
  let realisedSum = 0
  for (const point of points) {
    const { difference: own, refusal } = point.estimates.find((one) => one.estimator === estimator)!
    if (refusal !== null) continue
    const { realisedDifference: realised } = point
    estimates++
    error += Math.abs(own.value - realised.mean)
    realisedSum += Math.abs(realised.mean)
    if (own.low <= realised.high && realised.low <= own.high) meet++
    const signs = signOf(own) * signOf(realised)
    if (signs > 0) right++
    if (signs < 0) wrong++
  }
  return [
    estimator,
    `${estimates}`,
    `${points.length - estimates}`,
    `${meet}`,
    `${right}`,
    `${wrong}`,
    formatScore(error / estimates),
    formatScore(realisedSum / estimates),
  ]
}

function signOf({ low, high }: { readonly low: number; readonly high: number }): -1 | 0 | 1 {
  if (low > 0) return 1
  return high < 0 ? -1 : 0
}

function difference(value: number, { low, high }: { readonly low: number; readonly high: number }): string {
  return `${formatScore(value)} (${formatScore(low)} to ${formatScore(high)})`
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)]
}
