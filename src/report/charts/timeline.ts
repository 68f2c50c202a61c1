/** What the charts over time share: the time axis, and a strip above them that shows the phases. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts'
import type { PhaseSummary, RunSummary, SeriesPoint } from '../../study/index.ts'
import { formatClock } from '../format.ts'
import { AXIS_STYLE, type Chart, FULL_WIDTH, INK, legendRow, orGap, type valueAxis } from './chart.ts'
import { faultBands } from './fault-bands.ts'

const LEGEND_HEIGHT = 30
const LANE_HEIGHT = 20
const PLOT_HEIGHT = 210
const X_LABELS_HEIGHT = 28
const SIDES = { left: 62, right: 62 }
const PLOT_WIDTH = FULL_WIDTH - SIDES.left - SIDES.right

/** Time steps that people count in, in ms. */
const TICK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map(
  (seconds) => seconds * 1000,
)

interface TimelineOption {
  readonly id: string
  readonly title: string
  readonly caption: string
  /** The first is on the left, the second on the right. */
  readonly yAxes: readonly ReturnType<typeof valueAxis>[]
  readonly lines: readonly LineSeriesOption[]
}

/** A chart over the time of the run, with the phases above it and the faults behind it. */
export function timelineChart(
  summary: RunSummary,
  { id, title, caption, yAxes, lines }: TimelineOption,
): Chart {
  const lanes = phaseLanes(summary.phases)
  const laneCount = Math.max(0, ...lanes.map((lane) => lane + 1))
  const stripTop = LEGEND_HEIGHT
  const endMs = timelineEndMs(summary)
  const bands = faultBands(summary.faults, endMs, PLOT_WIDTH)
  const plotTop = stripTop + laneCount * LANE_HEIGHT + 8 + bands.height
  const stepMs = tickStepMs(endMs)
  const time = { ...AXIS_STYLE, type: 'value' as const, min: 0, max: endMs, interval: stepMs }
  return {
    id,
    title,
    caption:
      bands.series.length === 0 ? caption : `${caption} Shaded: faults, by their numbers in the table.`,
    width: FULL_WIDTH,
    height: plotTop + PLOT_HEIGHT + X_LABELS_HEIGHT,
    option: {
      legend: legendRow(lines.map((line) => String(line.name))),
      grid: [
        { ...SIDES, outerBoundsMode: 'none', top: plotTop, height: PLOT_HEIGHT },
        { ...SIDES, outerBoundsMode: 'none', top: stripTop, height: laneCount * LANE_HEIGHT },
      ],
      xAxis: [
        {
          ...time,
          // An end that is off the step would be written over the step before it.
          axisLabel: { ...AXIS_STYLE.axisLabel, formatter: formatClock, showMaxLabel: endMs % stepMs === 0 },
          splitLine: { show: false },
        },
        { ...time, gridIndex: 1, show: false },
      ],
      yAxis: [
        ...yAxes.map((axis, i) => ({
          ...axis,
          min: 0,
          gridIndex: 0,
          ...(i === 0 ? {} : { position: 'right' as const, alignTicks: true, splitLine: { show: false } }),
        })),
        { type: 'value', gridIndex: 1, min: 0, max: Math.max(1, laneCount), inverse: true, show: false },
      ],
      series: [...bands.series, ...lines, phaseStrip(summary.phases, lanes, yAxes.length)],
    },
  }
}

/** Points of a line; a value that is not known is a gap. */
export function linePoints(
  { series }: RunSummary,
  value: (point: SeriesPoint) => number,
): [tMs: number, value: number | null][] {
  return series.map((point) => [point.tMs, orGap(value(point))])
}

/** Looks of a line; points are drawn only where they are few, so that a lonely one is seen. */
export function lineStyle(summary: RunSummary, color: string): LineSeriesOption {
  return {
    type: 'line',
    color,
    lineStyle: { color, width: 1.6 },
    itemStyle: { color },
    symbol: 'circle',
    symbolSize: 5,
    showSymbol: summary.series.length <= 40,
    sampling: 'lttb',
  }
}

/** The lowest free lane for each phase, so that phases that overlap are below each other. */
function phaseLanes(phases: readonly PhaseSummary[]): number[] {
  const laneEndsMs: number[] = []
  return phases.map(({ startMs, endMs }) => {
    const free = laneEndsMs.findIndex((laneEndMs) => laneEndMs <= startMs)
    const lane = free === -1 ? laneEndsMs.length : free
    laneEndsMs[lane] = endMs
    return lane
  })
}

function phaseStrip(
  phases: readonly PhaseSummary[],
  lanes: readonly number[],
  yAxisIndex: number,
): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    xAxisIndex: 1,
    yAxisIndex,
    data: phases.map(({ startMs, endMs }, i) => [startMs, endMs, lanes[i]!]),
    renderItem: ({ dataIndex }, api) => {
      const [left, top] = api.coord([api.value(0), api.value(2)]) as [number, number]
      const [right] = api.coord([api.value(1), api.value(2)]) as [number]
      const width = Math.max(1, right - left - 2)
      return {
        type: 'rect',
        shape: { x: left + 1, y: top + 1, width, height: LANE_HEIGHT - 3, r: 3 },
        style: { fill: INK.band },
        textContent: {
          type: 'text',
          style: {
            text: phases[dataIndex]!.name,
            fill: INK.text,
            fontSize: 11,
            width: width - 8,
            overflow: 'truncate',
          },
        },
        textConfig: { position: 'inside' },
      }
    },
  }
}

function timelineEndMs({ durationMs, series, phases }: RunSummary): number {
  const ends = [durationMs, ...series.map((point) => point.tMs), ...phases.map((phase) => phase.endMs)]
  return Math.max(1, ...ends.filter(Number.isFinite))
}

/** The step that leaves at most a dozen labels on the time axis. */
function tickStepMs(endMs: number): number {
  return TICK_STEPS.find((step) => endMs / step <= 12) ?? endMs / 8
}
