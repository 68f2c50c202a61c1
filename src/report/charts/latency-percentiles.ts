/**
 * All percentiles of a run in one picture: latency from the intended start, and service time from the send. Where the
 * two part, requests had to wait before they were sent. The axis is that of HdrHistogram's plots: as far from 90 % to
 * 99 % as from 99 % to 99.9 %.
 */
import { AXIS_STYLE, type ChartBuilder, FULL_WIDTH, HUE, legendRow, orGap } from './chart.ts'

const ROUNDING = 1e-9
const CURVES = [
  { name: 'latency', key: 'latencyMs', color: HUE.red },
  { name: 'service time', key: 'serviceMs', color: HUE.blue },
] as const

export const latencyPercentilesChart: ChartBuilder = ({ percentiles }) => {
  if (percentiles.length === 0) return []
  const positive = percentiles.flatMap(({ latencyMs, serviceMs }) => [latencyMs, serviceMs])
  const lowMs = Math.min(...positive.filter((ms) => ms > 0))
  const axis = { ...AXIS_STYLE, type: 'log' as const, nameLocation: 'middle' as const }
  return [
    {
      id: 'latency-percentiles',
      title: 'Latency and service time',
      caption:
        'So many requests took no longer than this, from the intended start (latency) and from the send (service time).',
      width: FULL_WIDTH,
      height: 320,
      option: {
        legend: legendRow(CURVES.map(({ name }) => name)),
        grid: { left: 62, right: 24, top: 36, bottom: 46 },
        xAxis: {
          ...axis,
          name: 'share of the requests',
          nameGap: 28,
          min: 1,
          max: 10 ** Math.ceil(Math.log10(oneIn(percentiles.at(-1)!.share)) - ROUNDING),
          axisLabel: { ...AXIS_STYLE.axisLabel, formatter: shareText },
        },
        yAxis: {
          ...axis,
          name: 'ms (logarithmic)',
          nameGap: 48,
          min: 10 ** Math.floor(Math.log10(Number.isFinite(lowMs) ? lowMs : 1)),
        },
        series: CURVES.map(({ name, key, color }) => ({
          type: 'line' as const,
          name,
          color,
          showSymbol: false,
          lineStyle: { color, width: 2 },
          itemStyle: { color },
          data: percentiles.map((point) => [
            Number(oneIn(point.share).toPrecision(5)),
            // A logarithmic axis has no place for 0.
            point[key] > 0 ? orGap(Number(point[key].toPrecision(5))) : null,
          ]),
        })),
      },
    },
  ]
}

/** One request in so many takes longer. */
function oneIn(share: number): number {
  return 1 / (1 - share)
}

/** 1, 10, 100 as 0 %, 90 %, 99 %. */
function shareText(requests: number): string {
  return `${Number((100 - 100 / requests).toFixed(6))} %`
}
