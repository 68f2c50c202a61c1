/** Load over time: what was asked of the system (users) and what it got through (requests per second). */
import { type ChartBuilder, HUE, valueAxis } from './chart.ts'
import { linePoints, lineStyle, timelineChart } from './timeline.ts'

export const loadChart: ChartBuilder = (summary) =>
  summary.series.length === 0
    ? []
    : [
        timelineChart(summary, {
          id: 'load',
          title: 'Load',
          caption: 'Requests per second (left) and users (right).',
          yAxes: [valueAxis('requests/s'), valueAxis('users')],
          lines: [
            {
              ...lineStyle(summary, HUE.blue),
              name: 'requests/s',
              areaStyle: { color: HUE.blue, opacity: 0.12 },
              data: linePoints(summary, (point) => point.requestsPerSecond),
            },
            {
              ...lineStyle(summary, HUE.orange),
              name: 'users',
              yAxisIndex: 1,
              data: linePoints(summary, (point) => point.users),
            },
          ],
        }),
      ]
