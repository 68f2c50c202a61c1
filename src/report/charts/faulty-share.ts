/** Share of the traffic that goes to instances which faults befall, over the time of the scenario, one line per policy. */
import type { Comparison } from '../../study/index.ts'
import { formatClock } from '../format.ts'
import { AXIS_STYLE, type Chart, FULL_WIDTH, HUE, INK, valueAxis } from './chart.ts'
import { legendHeight, linesOf, policyLegend } from './compared-policies.ts'

const FAULT_OPACITY = 0.13

export function faultyShareChart(comparison: Comparison): Chart[] {
  const lines = linesOf(comparison).map((look) => ({ ...look, points: pointsOf(comparison, look.policy) }))
  const first = comparison.results.find(({ faultyShare }) => faultyShare !== null)?.faultyShare
  if (first === undefined || first === null) return []
  const endMs = first.bucketMs * first.sent.length
  const legend = policyLegend(lines.map(({ policy }) => policy))
  return [
    {
      id: 'faulty-share',
      title: `Traffic to faulty instances: ${comparison.scenario.name}`,
      caption:
        'Of the requests to services with an instance that a fault befalls, those that went there; mean over the seeds. Shaded: the faults. Dotted: an even share.',
      width: FULL_WIDTH,
      height: 284 + legendHeight(legend),
      option: {
        legend,
        grid: { left: 62, right: 24, top: legendHeight(legend), bottom: 34, outerBoundsMode: 'none' },
        xAxis: {
          ...AXIS_STYLE,
          type: 'value',
          min: 0,
          max: endMs,
          axisLabel: { ...AXIS_STYLE.axisLabel, formatter: formatClock, showMaxLabel: false },
          splitLine: { show: false },
        },
        yAxis: { ...valueAxis('% of requests'), min: 0 },
        series: [
          {
            type: 'line',
            data: [
              [0, 0],
              [endMs, 0],
            ],
            silent: true,
            symbol: 'none',
            lineStyle: { width: 0 },
            markArea: {
              silent: true,
              itemStyle: { color: HUE.purple, opacity: FAULT_OPACITY },
              data: first.windows.map(({ startMs, endMs: overMs }) => [
                { xAxis: startMs },
                { xAxis: Math.min(overMs, endMs) },
              ]),
            },
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              lineStyle: { color: INK.muted, type: 'dotted', width: 1.2 },
              data: [{ yAxis: 100 * first.evenShare }],
            },
          },
          ...lines.map(({ policy, color, type, width, points }) => ({
            type: 'line' as const,
            name: policy,
            color,
            showSymbol: false,
            lineStyle: { color, type, width },
            itemStyle: { color },
            data: points,
          })),
        ],
      },
    },
  ]
}

/** Over all seeds together; a gap where nothing was sent. */
function pointsOf({ results }: Comparison, policy: string): [tMs: number, percent: number | null][] {
  const shares = results.flatMap((result) =>
    result.policy === policy && result.faultyShare !== null ? [result.faultyShare] : [],
  )
  return (shares[0]?.sent ?? []).map((_, i) => {
    const sent = shares.reduce((sum, share) => sum + share.sent[i]!, 0)
    const toFaulty = shares.reduce((sum, share) => sum + share.toFaulty[i]!, 0)
    const percent = sent === 0 ? null : Number(((100 * toFaulty) / sent).toFixed(2))
    return [(i + 0.5) * shares[0]!.bucketMs, percent]
  })
}
