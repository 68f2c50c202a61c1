/** How the decisions were shared among the instances of each service, and what each gave for it. */
import type { ServiceSummary } from '../../study/index.ts'
import { formatMs, formatPercent } from '../format.ts'
import { AXIS_STYLE, type Chart, type ChartBuilder, HALF_WIDTH, HUE, INK, orGap } from './chart.ts'

const NAMES_WIDTH = 150
const PANEL_WIDTH = 112
const LABEL_WIDTH = 62
/** As many letters of a name as fit. */
const NAME_LENGTH = 22
const TOP = 24
const ROW_HEIGHT = 24

export const instanceCharts: ChartBuilder = ({ services }) =>
  services.filter(({ instances }) => instances.length > 0).map(instanceChart)

function instanceChart({ service, instances }: ServiceSummary, index: number): Chart {
  const panels = [
    {
      name: 'share of decisions',
      color: HUE.blue,
      axis: { max: 1 },
      format: (value: number) => formatPercent(value, 1),
    },
    { name: 'mean latency', color: HUE.orange, axis: {}, format: formatMs },
  ]
  const values = [instances.map(({ share }) => share), instances.map(({ meanLatencyMs }) => meanLatencyMs)]
  const height = instances.length * ROW_HEIGHT
  return {
    id: `instances-${index}`,
    title: service,
    caption: 'Share of the decisions, and mean latency as the balancer saw it.',
    width: HALF_WIDTH,
    height: TOP + height + 4,
    option: {
      grid: panels.map((_, i) => ({
        left: NAMES_WIDTH + i * (PANEL_WIDTH + LABEL_WIDTH),
        top: TOP,
        width: PANEL_WIDTH,
        height,
      })),
      xAxis: panels.map(({ name, axis }, gridIndex) => ({
        type: 'value',
        gridIndex,
        min: 0,
        ...axis,
        position: 'top',
        name,
        nameLocation: 'start',
        nameGap: 0,
        nameTextStyle: {
          color: INK.muted,
          fontSize: 11,
          align: 'left',
          verticalAlign: 'bottom',
          padding: [0, 0, 6, 0],
        },
        axisLabel: { show: false },
        splitLine: { show: false },
      })),
      yAxis: panels.map((_, gridIndex) => ({
        ...AXIS_STYLE,
        type: 'category',
        gridIndex,
        inverse: true,
        data: instances.map(({ instance }) => instance),
        axisTick: { show: false },
        axisLabel: {
          ...AXIS_STYLE.axisLabel,
          show: gridIndex === 0,
          formatter: nameEnd,
        },
      })),
      series: panels.map(({ name, color, format }, i) => ({
        type: 'bar',
        name,
        color,
        xAxisIndex: i,
        yAxisIndex: i,
        barWidth: 12,
        label: {
          show: true,
          position: 'right',
          color: INK.text,
          fontSize: 11,
          formatter: ({ value }) => format(value as number),
        },
        data: values[i]!.map(orGap),
      })),
    },
  }
}

/** The end of a name that is too long: instances of a service differ there. */
function nameEnd(name: string): string {
  return name.length > NAME_LENGTH ? `…${name.slice(1 - NAME_LENGTH)}` : name
}
