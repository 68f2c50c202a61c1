/** Metrics in the text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */
import type { Histogram } from '../../../stats/index.ts'

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

export interface HistogramSample {
  readonly labels: Labels
  /** In milliseconds; told in seconds. */
  readonly histogramMs: Histogram
}

/** One metric with all its series. */
export type MetricFamily =
  | {
      readonly name: string
      readonly help: string
      readonly type: 'counter' | 'gauge'
      readonly samples: readonly Sample[]
    }
  | {
      readonly name: string
      readonly help: string
      readonly type: 'histogram'
      readonly samples: readonly HistogramSample[]
    }

/**
 * Upper bounds of the buckets in ms. Each is the lower edge of a bucket of our histograms, so a count is wrong by no
 * more than the values within 0.2 % above a bound.
 */
export const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const
const LE = BOUNDS_MS.map((boundMs) => String(boundMs / 1000))

export function prometheusText(families: readonly MetricFamily[]): string {
  const lines: string[] = []
  for (const family of families) {
    if (family.samples.length === 0) continue
    lines.push(`# HELP ${family.name} ${escapedHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`)
    if (family.type !== 'histogram') {
      for (const { labels, value } of family.samples) lines.push(line(family.name, pairsOf(labels), value))
    } else {
      for (const sample of family.samples) pushHistogram(lines, family.name, sample)
    }
  }
  return `${lines.join('\n')}\n`
}

function pushHistogram(lines: string[], name: string, { labels, histogramMs }: HistogramSample): void {
  const counts = histogramMs.countsUpTo(BOUNDS_MS)
  const pairs = pairsOf(labels)
  const bucket = `${name}_bucket{${pairs}${pairs === '' ? '' : ','}le="`
  for (const [i, le] of LE.entries()) lines.push(`${bucket}${le}"} ${counts[i]!}`)
  lines.push(`${bucket}+Inf"} ${histogramMs.count}`)
  lines.push(line(`${name}_sum`, pairs, histogramMs.sum / 1000))
  lines.push(line(`${name}_count`, pairs, histogramMs.count))
}

function line(name: string, pairs: string, value: number): string {
  return `${name}${pairs === '' ? '' : `{${pairs}}`} ${numberText(value)}`
}

function pairsOf(labels: Labels): string {
  let pairs = ''
  for (const label in labels) pairs += `${pairs === '' ? '' : ','}${label}="${escapedLabel(labels[label]!)}"`
  return pairs
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function escapedLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
