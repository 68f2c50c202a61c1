/** Distribution functions of the latency, one per policy, over all seeds together. */
import { Histogram } from '../../stats/index.ts'
import type { Comparison } from '../../study/index.ts'
import { AXIS_STYLE, type Chart, FULL_WIDTH, valueAxis } from './chart.ts'
import { legendHeight, linesOf, policyLegend } from './compared-policies.ts'

/** What is left out at either end is a handful of requests, and would take half of the picture. */
const SHOWN = [0.005, 0.9995] as const

export function latencyDistributionChart(comparison: Comparison): Chart[] {
  const lines = linesOf(comparison)
    .map((look) => ({ ...look, latency: pooled(comparison, look.policy) }))
    .filter(({ latency }) => latency.count > 0)
  if (lines.length === 0) return []
  const lowMs = Math.max(1e-3, Math.min(...lines.map(({ latency }) => latency.quantile(SHOWN[0]))))
  const highMs = Math.max(2 * lowMs, ...lines.map(({ latency }) => latency.quantile(SHOWN[1])))
  const at = edges(lowMs, highMs, lines[0]!.latency.mantissaBits)
  const legend = policyLegend(lines.map(({ policy }) => policy))
  return [
    {
      id: 'latency-distribution',
      title: `Latency: ${comparison.scenario.name}`,
      caption:
        'Share of the successes that took no longer than this, over all seeds. Further left is faster.',
      width: FULL_WIDTH,
      height: 344 + legendHeight(legend),
      option: {
        legend,
        grid: { left: 62, right: 24, top: legendHeight(legend), bottom: 46, outerBoundsMode: 'none' },
        xAxis: {
          ...AXIS_STYLE,
          type: 'log',
          min: lowMs,
          max: highMs,
          name: 'ms (logarithmic)',
          nameLocation: 'middle',
          nameGap: 28,
          axisLabel: {
            ...AXIS_STYLE.axisLabel,
            formatter: tickText,
            showMinLabel: false,
            showMaxLabel: false,
          },
        },
        yAxis: { ...valueAxis('% of successes'), min: 0, max: 100 },
        series: lines.map(({ policy, color, type, width, latency }) => {
          const counts = latency.countsUpTo(at.map(justBelow))
          return {
            type: 'line' as const,
            name: policy,
            color,
            showSymbol: false,
            lineStyle: { color, type, width },
            itemStyle: { color },
            data: at.map((ms, i) => [round(ms), round((100 * counts[i]!) / latency.count)]),
          }
        }),
      },
    },
  ]
}

function pooled({ results }: Comparison, policy: string): Histogram {
  const own = results.filter((result) => result.policy === policy)
  const all = new Histogram(own[0]?.distribution.mantissaBits)
  for (const { distribution } of own) all.merge(Histogram.fromJSON(distribution))
  return all
}

/** The edges of the buckets in between: anywhere else, a line would show the width of the buckets. */
function edges(lowMs: number, highMs: number, mantissaBits: number): number[] {
  const perOctave = 2 ** mantissaBits
  const all: number[] = []
  for (let octave = 2 ** Math.floor(Math.log2(lowMs)); octave <= highMs; octave *= 2) {
    for (let i = 0; i < perOctave; i++) all.push(octave * (1 + i / perOctave))
  }
  return all.filter((edge) => edge >= lowMs && edge <= highMs)
}

/** In the bucket below the edge. */
function justBelow(edge: number): number {
  return edge * (1 - 1e-12)
}

function tickText(ms: number): string {
  return ms >= 1 ? String(Math.round(ms)) : ms.toPrecision(1)
}

function round(value: number): number {
  return Number(value.toPrecision(5))
}
