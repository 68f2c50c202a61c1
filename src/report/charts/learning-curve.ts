/** The learning curve: loss on the data learned from and on data held out, per epoch. */
import { AXIS_STYLE, type ChartBuilder, FULL_WIDTH, HUE, legendRow, orGap, valueAxis } from './chart.ts'

export const learningCurveChart: ChartBuilder = ({ training }) => {
  if (training === null || training.curve.length === 0) return []
  const { curve } = training
  const lines = [
    { name: 'training', color: HUE.blue, values: curve.map((point) => orGap(point.loss)) },
    { name: 'validation', color: HUE.orange, values: curve.map((point) => orGap(point.validation)) },
  ].filter(({ values }) => values.some((value) => value !== null))
  return [
    {
      id: 'learning-curve',
      title: 'Learning curve',
      caption: `Loss of ${training.algorithm} per epoch, on the data learned from and on data held out.`,
      width: FULL_WIDTH,
      height: 240,
      option: {
        legend: legendRow(lines.map(({ name }) => name)),
        grid: { left: 60, right: 14, top: 34, bottom: 40 },
        xAxis: {
          ...AXIS_STYLE,
          type: 'category',
          data: curve.map((point) => String(point.epoch)),
          name: 'epoch',
          nameLocation: 'middle',
          nameGap: 24,
        },
        yAxis: { ...valueAxis('loss', 46), scale: true },
        series: lines.map(({ name, color, values }) => ({
          type: 'line',
          name,
          color,
          symbol: 'circle',
          symbolSize: 5,
          showSymbol: curve.length <= 40,
          data: values,
        })),
      },
    },
  ]
}
