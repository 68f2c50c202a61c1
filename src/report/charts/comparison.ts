/** Penalized latency of every policy over that of the reference, with 95 % intervals, and the bound beside it. */
import type { CustomSeriesOption } from 'echarts'
import type { ComparisonRow, ComparisonTable } from '../../study/index.ts'
import { formatRatio, formatRatioInterval } from '../format.ts'
import { AXIS_STYLE, type Chart, type ChartBuilder, FULL_WIDTH, HUE, INK } from './chart.ts'

const ROW_HEIGHT = 32
const TOP = 26
const BOTTOM = 46
const CAP = 5
const FIGURES_WIDTH = 180
/** With a ratio beyond this, what matters would be squeezed into a corner of a linear axis. */
const FAR = 4
/** Over ten powers of two or more, ECharts labels no more than the ends. */
const MOST_BY_TWO = 2 ** 7

type Compared = Pick<ComparisonTable, 'rows' | 'reference' | 'boundMs'>

export const comparisonChart: ChartBuilder = ({ comparison }) =>
  comparison === null ? [] : ratioIntervalsChart(comparison)

/** A forest plot; none where no ratio is known. */
export function ratioIntervalsChart(comparison: Compared): Chart[] {
  const rows = comparison.rows.filter((row) => Number.isFinite(row.ratio)).sort((a, b) => a.ratio - b.ratio)
  if (rows.length === 0) return []
  const lines = referenceLines(comparison)
  const height = rows.length * ROW_HEIGHT
  return [
    {
      id: 'comparison',
      title: 'Penalized latency relative to the reference',
      caption: `Reference: ${comparison.reference}. A failed request counts with at least the client's timeout. Ratios are paired by seed; whiskers are 95% intervals.`,
      width: FULL_WIDTH,
      height: TOP + height + BOTTOM,
      option: {
        grid: { left: 250, right: FIGURES_WIDTH, top: TOP, height, outerBoundsMode: 'none' },
        xAxis: {
          ...AXIS_STYLE,
          ...ratioRange(rows, lines),
          name: 'ratio (below 1 is better than the reference)',
          nameLocation: 'middle',
          nameGap: 28,
          axisLabel: {
            ...AXIS_STYLE.axisLabel,
            formatter: (ratio: number) => ratio.toFixed(ratio < 10 ? 2 : 0),
          },
        },
        yAxis: {
          ...AXIS_STYLE,
          type: 'category',
          inverse: true,
          data: rows.map((row) => row.policy),
          axisTick: { show: false },
          // ECharts guesses widths a tenth too short.
          axisLabel: { color: INK.text, fontSize: 12, width: 210, overflow: 'truncate' },
        },
        series: [
          {
            ...whiskers(rows, comparison),
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: INK.muted, type: 'dashed', width: 1 },
              label: { position: 'start', color: INK.muted, fontSize: 11, formatter: '{b}' },
              data: lines.map(({ name, ratio }) => ({ name, xAxis: ratio })),
            },
          },
        ],
      },
    },
  ]
}

/** 1 is the reference; left of the bound nobody can be. */
function referenceLines({ boundMs, reference, rows }: Compared): { name: string; ratio: number }[] {
  const referenceMs = rows.find((row) => row.policy === reference)?.penalizedLatencyMs ?? Number.NaN
  const bound = { name: 'bound', ratio: boundMs === null ? Number.NaN : boundMs / referenceMs }
  return [{ name: 'reference', ratio: 1 }, bound].filter(({ ratio }) => Number.isFinite(ratio))
}

/** Room for every whisker and line, ending on twentieths; where some are many times as slow, on powers of two or ten. */
function ratioRange(rows: readonly ComparisonRow[], lines: readonly { ratio: number }[]) {
  const known = [
    ...rows.flatMap((row) => [row.ratio, row.ratioLow, row.ratioHigh]),
    ...lines.map(({ ratio }) => ratio),
  ].filter(Number.isFinite)
  const [lowest, highest] = [Math.min(...known), Math.max(...known)]
  if (highest > FAR && lowest > 0) {
    const logBase = highest / lowest > MOST_BY_TWO ? 10 : 2
    const exponentOf = (ratio: number): number => Math.log2(ratio) / Math.log2(logBase)
    const [min, max] = [logBase ** Math.floor(exponentOf(lowest)), logBase ** Math.ceil(exponentOf(highest))]
    return { type: 'log' as const, logBase, min, max }
  }
  const min = Math.max(0, Math.floor((lowest - 0.02) * 20) / 20)
  return { type: 'value' as const, min, max: Math.ceil((highest + 0.04) * 20) / 20 }
}

/** Per row: a point, its interval, and both in figures at the right end. */
function whiskers(rows: readonly ComparisonRow[], { reference }: Compared): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    data: rows.map((row, i) => [row.ratio, i]),
    renderItem: ({ dataIndex }, api) => {
      const row = rows[dataIndex]!
      const [x, y] = api.coord([row.ratio, dataIndex]) as [number, number]
      const color = colorOf(row, reference)
      const hasInterval = Number.isFinite(row.ratioLow) && row.ratioLow < row.ratioHigh
      const low = api.coord([row.ratioLow, dataIndex])[0]!
      const high = api.coord([row.ratioHigh, dataIndex])[0]!
      const interval = [
        [low, y, high, y],
        [low, y - CAP, low, y + CAP],
        [high, y - CAP, high, y + CAP],
      ].map(([x1, y1, x2, y2]) => ({
        type: 'line' as const,
        shape: { x1: x1!, y1: y1!, x2: x2!, y2: y2! },
        style: { stroke: color, lineWidth: 1.6 },
      }))
      const range = hasInterval ? ` (${formatRatioInterval(row.ratioLow, row.ratioHigh)})` : ''
      return {
        type: 'group',
        children: [
          ...(hasInterval ? interval : []),
          { type: 'circle', shape: { cx: x, cy: y, r: 4.5 }, style: { fill: color } },
          {
            type: 'text',
            x: FULL_WIDTH - FIGURES_WIDTH + 14,
            y,
            style: {
              text: formatRatio(row.ratio) + range,
              fill: INK.text,
              fontSize: 12,
              verticalAlign: 'middle',
            },
          },
        ],
      }
    },
  }
}

function colorOf({ policy, kind }: ComparisonRow, reference: string): string {
  if (kind === 'model') return HUE.green
  return policy === reference || kind === 'oracle' ? INK.muted : HUE.blue
}
