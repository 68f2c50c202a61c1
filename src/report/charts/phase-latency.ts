/** Percentiles of the latency by phase, side by side. */
import { formatMs } from '../format.ts'
import {
  AXIS_STYLE,
  type ChartBuilder,
  FULL_WIDTH,
  INK,
  legendRow,
  orGap,
  PERCENTILES,
  valueAxis,
} from './chart.ts'

const MARGIN = { left: 62, right: 20, top: 36, bottom: 40 }

export const phaseLatencyChart: ChartBuilder = ({ phases }) => {
  if (phases.length === 0) return []
  const slot = (FULL_WIDTH - MARGIN.left - MARGIN.right) / phases.length
  return [
    {
      id: 'phase-latency',
      title: 'Latency by phase',
      caption: 'From the intended start of a request to the end of its answer.',
      width: FULL_WIDTH,
      height: 280,
      option: {
        legend: legendRow(PERCENTILES.map(({ name }) => name)),
        grid: MARGIN,
        xAxis: {
          ...AXIS_STYLE,
          type: 'category',
          data: phases.map((phase) => phase.name),
          axisTick: { show: false },
          axisLabel: { ...AXIS_STYLE.axisLabel, interval: 0, width: slot - 12, overflow: 'truncate' },
        },
        yAxis: { ...valueAxis('ms'), min: 0 },
        series: PERCENTILES.map(({ name, key, color }) => ({
          type: 'bar',
          name,
          color,
          barMaxWidth: 44,
          label: {
            // Three labels need about this much room below each other's bars.
            show: slot >= 150,
            position: 'top',
            color: INK.muted,
            fontSize: 10,
            formatter: ({ value }) => formatMs(value as number),
          },
          data: phases.map((phase) => orGap(phase.latency[key])),
        })),
      },
    },
  ]
}
