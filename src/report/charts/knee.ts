/** What a threshold looks at, over the rate of sessions: every try, the limit, and the knee with its interval. */
import type { LineSeriesOption } from 'echarts'
import type { Knee, RateTry } from '../../study/index.ts'
import { formatMs, formatNumber, formatPercent } from '../format.ts'
import { formatSearchedRate } from '../knee-text.ts'
import { AXIS_STYLE, type Chart, FULL_WIDTH, HUE, INK, legendRow, valueAxis } from './chart.ts'

const HEIGHT = 340
const GRID = { left: 76, right: 30, top: 40, bottom: 52 }
/** With values that lie this far apart, what matters would be squeezed to the bottom of a linear axis. */
const FAR = 20
const POINT = 7
const VERDICTS = [
  { verdict: 'holds', name: 'all thresholds held', color: HUE.green },
  { verdict: 'breaks', name: 'some broke', color: HUE.red },
  { verdict: 'saturated', name: 'the generator could not go on', color: INK.muted },
] as const

/** One quantity of a try. */
interface Measure {
  readonly name: string
  /** Undefined where nothing limits it. */
  readonly limit: number | undefined
  readonly measured: (made: RateTry) => number
}

/** The 95th percentile, and whatever else the thresholds look at; none of what was never measured. */
export function kneeCharts(knee: Knee): Chart[] {
  const tries = knee.repeats.flatMap((repeat) => repeat.tries)
  return measuresOf(tries).flatMap((measure, i) => {
    const known = tries.filter((made) => Number.isFinite(measure.measured(made)))
    return known.length === 0 ? [] : [measureChart(knee, measure, known, i === 0 ? 'knee' : `knee-${i + 1}`)]
  })
}

function measuresOf(tries: readonly RateTry[]): Measure[] {
  const limited = new Map<string, Measure>()
  for (const { metric, condition } of tries.flatMap(({ thresholds }) => thresholds)) {
    const limit = Number(condition.replace(/^\D*/, ''))
    const measured = (made: RateTry): number =>
      made.thresholds.find((one) => one.metric === metric)?.value ?? Number.NaN
    limited.set(metric, { name: metric, limit: Number.isFinite(limit) ? limit : undefined, measured })
  }
  const p95 = limited.get('p95LatencyMs') ?? {
    name: 'p95LatencyMs',
    limit: undefined,
    measured: (made: RateTry) => made.p95LatencyMs,
  }
  limited.delete('p95LatencyMs')
  return [p95, ...limited.values()]
}

function measureChart(knee: Knee, measure: Measure, tries: readonly RateTry[], id: string): Chart {
  const { name, limit, measured } = measure
  const shown = VERDICTS.filter(({ verdict }) => tries.some((made) => made.verdict === verdict))
  const write = writerOf(name)
  return {
    id,
    title: `${name} by rate of sessions: ${knee.scenario.name}, ${knee.phase}`,
    caption: `Each point is one try. ${captionOf(knee)}${limit === undefined ? '' : ` Dashed: the limit, ${write(limit)}.`}`,
    width: FULL_WIDTH,
    height: HEIGHT,
    option: {
      legend: legendRow(shown.map((one) => one.name)),
      grid: GRID,
      xAxis: {
        ...AXIS_STYLE,
        ...rateRange(knee, tries),
        name: 'sessions per second',
        nameLocation: 'middle',
        nameGap: 30,
        axisLabel: { ...AXIS_STYLE.axisLabel, formatter: (rate: number) => formatSearchedRate(rate) },
      },
      yAxis: {
        ...valueAxis(name, 58),
        ...valueRange(tries.map(measured), limit),
        axisLabel: { ...AXIS_STYLE.axisLabel, formatter: write },
      },
      series: [
        meanLine(tries, measured, limit, knee),
        ...shown.map(
          ({ verdict, name: label, color }): LineSeriesOption => ({
            type: 'line',
            name: label,
            color,
            itemStyle: { color },
            lineStyle: { width: 0 },
            symbol: 'circle',
            symbolSize: POINT,
            data: tries
              .filter((made) => made.verdict === verdict)
              .map((made) => [made.sessionsPerSecond, measured(made)]),
          }),
        ),
      ],
    },
  }
}

/** The mean of the tries of each rate; it carries the marks of the limit and of the knee. */
function meanLine(
  tries: readonly RateTry[],
  measured: Measure['measured'],
  limit: number | undefined,
  { knee }: Knee,
): LineSeriesOption {
  const rates = [...new Set(tries.map((made) => made.sessionsPerSecond))].sort((a, b) => a - b)
  const lines = [
    ...(limit === undefined ? [] : [{ yAxis: limit }]),
    ...(knee === null ? [] : [{ xAxis: knee.mean, lineStyle: { type: 'solid' as const, color: HUE.blue } }]),
  ]
  return {
    type: 'line',
    silent: true,
    symbol: 'none',
    color: INK.muted,
    lineStyle: { color: INK.muted, width: 1.2 },
    data: rates.map((rate) => {
      const values = tries.filter((made) => made.sessionsPerSecond === rate).map(measured)
      return [rate, values.reduce((sum, value) => sum + value, 0) / values.length]
    }),
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: INK.text, type: 'dashed', width: 1.2 },
      data: lines,
    },
    ...(knee !== null && Number.isFinite(knee.low) && Number.isFinite(knee.high)
      ? {
          markArea: {
            silent: true,
            itemStyle: { color: HUE.blue, opacity: 0.15 },
            data: [[{ xAxis: knee.low }, { xAxis: knee.high }]],
          },
        }
      : {}),
  }
}

function captionOf({ knee, repeats }: Knee): string {
  if (knee === null) return 'No knee was found in all repeats.'
  const interval = repeats.length === 1 ? 'bracket' : '95% interval'
  return `Blue: the knee, ${formatSearchedRate(knee.mean)}, with its ${interval}.`
}

/** Every rate, the knee and its interval, on a scale on which a doubling is always as long. */
function rateRange({ knee }: Knee, tries: readonly RateTry[]) {
  const rates = [
    ...tries.map((made) => made.sessionsPerSecond),
    knee?.low ?? Number.NaN,
    knee?.high ?? Number.NaN,
  ]
  const known = rates.filter((rate) => Number.isFinite(rate) && rate > 0)
  const [least, most] = [Math.min(...known) / 1.1, Math.max(...known) * 1.1]
  return { type: 'log' as const, logBase: most / least > 2 ** 7 ? 10 : 2, min: least, max: most }
}

function valueRange(values: readonly number[], limit: number | undefined) {
  const all = [...values, ...(limit === undefined ? [] : [limit])]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  if (!(least > 0 && most / least > FAR)) return { type: 'value' as const, min: 0 }
  return { type: 'log' as const, logBase: 10, min: 10 ** Math.floor(Math.log10(least)) }
}

function writerOf(metric: string): (value: number) => string {
  if (/Ms(\{|$)/.test(metric)) return formatMs
  if (/Rate(\{|$)/.test(metric)) return (share) => formatPercent(share)
  return (value) => formatNumber(value, value < 10 ? 2 : 0)
}
