/** Percentiles of the latency over time. */
import { type ChartBuilder, PERCENTILES, valueAxis } from './chart.ts'
import { linePoints, lineStyle, timelineChart } from './timeline.ts'

export const latencyChart: ChartBuilder = (summary) =>
  summary.series.length === 0
    ? []
    : [
        timelineChart(summary, {
          id: 'latency',
          title: 'Latency',
          caption: 'From the intended start of a request to the end of its answer.',
          yAxes: [valueAxis('ms')],
          lines: PERCENTILES.map(({ name, key, color }) => ({
            ...lineStyle(summary, color),
            name,
            data: linePoints(summary, (point) => point[key]),
          })),
        }),
      ]
