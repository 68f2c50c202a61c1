/** Share of failed requests over time. */
import { type ChartBuilder, HUE, valueAxis } from './chart.ts'
import { linePoints, lineStyle, timelineChart } from './timeline.ts'

export const errorsChart: ChartBuilder = (summary) =>
  summary.series.length === 0
    ? []
    : [
        timelineChart(summary, {
          id: 'errors',
          title: 'Failures',
          caption: 'Share of the requests that failed.',
          // A run without failures must not look like one with a scale of its own.
          yAxes: [{ ...valueAxis('% of requests'), ...AT_LEAST_ONE_PERCENT }],
          lines: [
            {
              ...lineStyle(summary, HUE.red),
              name: 'failed',
              areaStyle: { color: HUE.red, opacity: 0.12 },
              sampling: 'max',
              data: linePoints(summary, (point) => point.errorRate * 100),
            },
          ],
        }),
      ]

const AT_LEAST_ONE_PERCENT = { max: ({ max }: { max: number }) => (max > 1 ? Math.ceil(max * 1.05) : 1) }
