/** The parts of the mean reward, and their weighted sum. */
import { formatScore } from '../format.ts'
import { AXIS_STYLE, type ChartBuilder, FULL_WIDTH, HUE, INK, orGap, valueAxis } from './chart.ts'

export const rewardsChart: ChartBuilder = ({ experience: { meanReward, meanRewards } }) => {
  if (meanReward === null || meanRewards === null) return []
  const bars = [...Object.entries(meanRewards), ['reward', meanReward] as const]
  return [
    {
      id: 'rewards',
      title: 'Reward',
      caption: 'Mean of each part per decision before weighting, and of the reward, their weighted sum.',
      width: FULL_WIDTH,
      height: 240,
      option: {
        grid: { left: 56, right: 10, top: 14, bottom: 28 },
        xAxis: {
          ...AXIS_STYLE,
          type: 'category',
          data: bars.map(([part]) => part),
          axisTick: { show: false },
          axisLine: { onZero: false, lineStyle: { color: INK.grid } },
          axisLabel: { ...AXIS_STYLE.axisLabel, interval: 0 },
        },
        yAxis: valueAxis('mean per decision', 40),
        series: [
          {
            type: 'bar',
            barMaxWidth: 44,
            data: bars.map(([part, value]) => ({
              value: orGap(value),
              itemStyle: { color: part === 'reward' ? HUE.green : HUE.blue },
              label: { position: value < 0 ? 'bottom' : 'top' },
            })),
            label: {
              show: true,
              color: INK.text,
              fontSize: 11,
              formatter: ({ value }) => formatScore(value as number),
            },
          },
        ],
      },
    },
  ]
}
