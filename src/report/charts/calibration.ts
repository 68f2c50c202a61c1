/** Calibration of the off-policy estimates: estimated against realised differences to the logger, per policy and scenario. */
import type { CustomSeriesOption } from 'echarts'
import type { Calibration, CalibrationPoint } from '../../study/index.ts'
import { AXIS_STYLE, type Chart, FULL_WIDTH, HUE, INK, legendRow, valueAxis } from './chart.ts'

const COLORS = [HUE.blue, HUE.orange, HUE.green, HUE.purple, HUE.red]
const POINT = 4

/** @param estimator whose estimates are drawn; points where it refused are left out */
export function calibrationChart(
  { points, logger, seeds }: Calibration,
  estimator: string,
): readonly Chart[] {
  const drawn = points.filter(({ estimates }) =>
    Number.isFinite(estimateOf(estimates, estimator)?.difference.value),
  )
  if (drawn.length === 0) return []
  const policies = [...new Set(drawn.map(({ policy }) => policy))]
  const x = axisRange(drawn.map(({ realisedDifference: { low, mean, high } }) => [low, mean, high]))
  const y = axisRange(
    drawn.map(({ estimates }) => {
      const { low, value, high } = estimateOf(estimates, estimator)!.difference
      return [low, value, high]
    }),
  )
  const diagonal = [Math.max(x.min, y.min), Math.min(x.max, y.max)]
  return [
    {
      id: `calibration-${estimator}`,
      title: `Estimated and realised reward, by ${estimator}`,
      caption:
        `Each point is a policy on a scenario: what the estimate says from one run of ${logger}, minus what that earned, against what ` +
        `the policy then earned in ${seeds} replays, minus what the logger earned there; per decision. On the diagonal the estimate is right; lines are 95% intervals. The axes go by the square root, so that small and large differences can be told apart.`,
      width: FULL_WIDTH,
      height: 620,
      option: {
        legend: legendRow(policies),
        grid: { left: 80, right: 30, top: 40, bottom: 60 },
        xAxis: {
          ...AXIS_STYLE,
          ...x,
          type: 'value',
          name: 'realised difference to the logger',
          nameLocation: 'middle',
          nameGap: 32,
          axisLabel: { ...AXIS_STYLE.axisLabel, formatter: plain },
        },
        yAxis: {
          ...valueAxis('estimated difference to the logger', 56),
          ...y,
          axisLabel: { ...AXIS_STYLE.axisLabel, formatter: plain },
        },
        series: [
          {
            type: 'line',
            color: INK.muted,
            symbol: 'none',
            silent: true,
            lineStyle: { type: 'dashed', width: 1 },
            data: diagonal.map((end) => [end, end]),
          },
          ...policies.map((policy, k) =>
            crosses(
              policy,
              COLORS[k % COLORS.length]!,
              drawn.filter((point) => point.policy === policy),
              estimator,
            ),
          ),
        ],
      },
    },
  ]
}

/** Per point a dot, and a line for each of the two intervals. */
function crosses(
  name: string,
  color: string,
  points: readonly CalibrationPoint[],
  estimator: string,
): CustomSeriesOption {
  return {
    type: 'custom',
    name,
    color,
    silent: true,
    data: points.map(({ realisedDifference, estimates }) => [
      rooted(realisedDifference.mean),
      rooted(estimateOf(estimates, estimator)!.difference.value),
    ]),
    renderItem: ({ dataIndex }, api) => {
      const { realisedDifference: realised, estimates } = points[dataIndex]!
      const { difference } = estimateOf(estimates, estimator)!
      const at = (x: number, y: number) => api.coord([rooted(x), rooted(y)]) as [number, number]
      const [x, y] = at(realised.mean, difference.value)
      const line = (from: readonly number[], to: readonly number[]) => ({
        type: 'line' as const,
        shape: { x1: from[0]!, y1: from[1]!, x2: to[0]!, y2: to[1]! },
        style: { stroke: color, lineWidth: 1.2, opacity: 0.7 },
      })
      const isKnown = (low: number, high: number) => Number.isFinite(low) && Number.isFinite(high)
      return {
        type: 'group',
        children: [
          ...(isKnown(realised.low, realised.high)
            ? [line(at(realised.low, difference.value), at(realised.high, difference.value))]
            : []),
          ...(isKnown(difference.low, difference.high)
            ? [line(at(realised.mean, difference.low), at(realised.mean, difference.high))]
            : []),
          { type: 'circle', shape: { cx: x, cy: y, r: POINT }, style: { fill: color } },
        ],
      }
    },
  }
}

/** Room for all that is known, with 0 among the ticks. */
function axisRange(values: readonly (readonly number[])[]): { min: number; max: number; interval: number } {
  const known = [...values.flat().filter(Number.isFinite), 0].map(rooted)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const interval = most - least > 2 ? 0.5 : most - least > 0.5 ? 0.2 : 0.05
  return {
    min: Math.floor(least / interval) * interval,
    max: Math.ceil(most / interval) * interval,
    interval,
  }
}

function estimateOf(estimates: CalibrationPoint['estimates'], name: string) {
  return estimates.find(({ estimator }) => estimator === name)
}

/** Square root that keeps the sign, and back to what a person would write. */
function rooted(value: number): number {
  return Math.sign(value) * Math.sqrt(Math.abs(value))
}

function plain(root: number): string {
  return Math.abs(root) < 1e-6 ? '0' : String(Number((Math.sign(root) * root * root).toPrecision(2)))
}
