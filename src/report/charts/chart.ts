/**
 * What a chart is: an ECharts option with a title and a size, built without loading ECharts.
 *
 * Colours are CSS variables of the page (`html-page.ts`), so that one static SVG serves light and dark. The series
 * colours are those of Okabe & Ito (Color Universal Design, 2008), which colour-blind people tell apart.
 */
import type {
  BarSeriesOption,
  ComposeOption,
  CustomSeriesOption,
  GridComponentOption,
  LegendComponentOption,
  LineSeriesOption,
  MarkAreaComponentOption,
  MarkLineComponentOption,
} from 'echarts'
import type { RunSummary } from '../../study/index.ts'

type ChartOption = ComposeOption<
  | BarSeriesOption
  | CustomSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | LineSeriesOption
  | MarkAreaComponentOption
  | MarkLineComponentOption
>

export interface Chart {
  /** Unique in the report; kebab-case. */
  readonly id: string
  readonly title: string
  /** One line below the title: how to read it. */
  readonly caption: string
  /** Of the drawing, in CSS pixels; the page scales it down where there is less room. */
  readonly width: number
  readonly height: number
  readonly option: ChartOption
}

/** The charts of one concept; none where the run has no data for it. */
export type ChartBuilder = (summary: RunSummary) => readonly Chart[]

export const FULL_WIDTH = 1040
export const HALF_WIDTH = 510

export const INK = {
  text: 'var(--text)',
  muted: 'var(--muted)',
  grid: 'var(--line)',
  band: 'var(--band)',
} as const

export const HUE = {
  blue: 'var(--blue)',
  orange: 'var(--orange)',
  red: 'var(--vermillion)',
  green: 'var(--green)',
  purple: 'var(--purple)',
} as const

/** One colour per percentile, in every chart. */
export const PERCENTILES = [
  { name: 'p50', key: 'p50Ms', color: HUE.blue },
  { name: 'p95', key: 'p95Ms', color: HUE.orange },
  { name: 'p99', key: 'p99Ms', color: HUE.red },
] as const

/** A number that is not known is a gap; ECharts knows gaps as null. */
export function orGap(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

/** Looks of an axis, alike in all charts. */
export const AXIS_STYLE = {
  axisLabel: { color: INK.muted, fontSize: 11 },
  axisLine: { lineStyle: { color: INK.grid } },
  axisTick: { lineStyle: { color: INK.grid } },
  splitLine: { lineStyle: { color: INK.grid } },
  nameTextStyle: { color: INK.muted, fontSize: 11 },
}

/** A vertical value axis with its unit written along it. */
export function valueAxis(name: string, nameGap = 48) {
  return {
    ...AXIS_STYLE,
    type: 'value' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap,
    axisLine: { show: false },
    axisTick: { show: false },
  }
}

/** The legend, in a row at the top left. */
export function legendRow(names: readonly string[]) {
  return {
    top: 0,
    left: 0,
    data: [...names],
    itemWidth: 16,
    itemHeight: 8,
    itemGap: 20,
    icon: 'roundRect',
    textStyle: { color: INK.text, fontSize: 12 },
  }
}
