/**
 * The predecessor's experience line (subhatanay/ai-loadbalancer): its fields, units and clock.
 *
 * Six metrics per pod, of which five have a feature of ours. Percents are shares with us, and a metric that it reports
 * where it cannot know it (a memory share of a heap without a limit) is null.
 */
import { INSTANCE_FEATURES, type InstanceFeature } from '../../routing/index.ts'

export type PredecessorMetrics = Readonly<Record<string, number | null>>

export interface PredecessorState {
  readonly timestamp: string | number
  /** By pod, in the order in which the first is the one that the predecessor's encoder reads. */
  readonly metrics: Readonly<Record<string, PredecessorMetrics>>
}

export interface PredecessorLine {
  readonly state: PredecessorState
  readonly action: string
  readonly reward: number
  readonly next_state: PredecessorState
  readonly metadata?: { readonly path?: string; readonly status?: number; readonly timestamp?: string }
}

interface Metric {
  readonly name: string
  /** Undefined for the uptime, which nobody can use. */
  readonly feature?: InstanceFeature
  /** Our value times this is theirs. */
  readonly factor: number
  readonly most: number
}

export const METRICS: readonly Metric[] = [
  { name: 'cpuUsagePercent', feature: 'cpu', factor: 100, most: 100 },
  { name: 'jvmMemoryUsagePercent', feature: 'memory', factor: 100, most: 100 },
  { name: 'uptimeSeconds', factor: 1, most: Number.POSITIVE_INFINITY },
  { name: 'avgResponseTimeMs', feature: 'responseTimeMs', factor: 1, most: Number.POSITIVE_INFINITY },
  { name: 'errorRatePercent', feature: 'errorRate', factor: 100, most: 100 },
  { name: 'requestRatePerSecond', feature: 'answersPerSecond', factor: 1, most: Number.POSITIVE_INFINITY },
]

/** The metrics of an instance, as the predecessor names them: null where nothing is known. */
export function metricsOf(row: readonly (number | null)[] | null, timeMs: number): PredecessorMetrics {
  const entries = METRICS.map(({ name, feature, factor }) => {
    if (feature === undefined) return [name, Math.round(timeMs * 1000) / 1e6] as const
    const value = row?.[INSTANCE_FEATURES.indexOf(feature)] ?? null
    return [name, value === null ? null : thousandth(value * factor)] as const
  })
  return Object.fromEntries(entries)
}

/** The features of an instance; null where the predecessor has no such metric or cannot have known it. */
export function rowOf(metrics: PredecessorMetrics): (number | null)[] {
  const row = INSTANCE_FEATURES.map((): number | null => null)
  for (const { name, feature, factor, most } of METRICS) {
    const value = metrics[name]
    if (feature === undefined || typeof value !== 'number' || !(value >= 0 && value <= most)) continue
    row[INSTANCE_FEATURES.indexOf(feature)] = thousandth(value / factor)
  }
  return row
}

/** ISO 8601 with microseconds and `Z`. The run's start is the epoch: when it really was is not on record. */
export function isoTime(timeMs: number): string {
  const whole = Math.floor(timeMs)
  const micros = Math.round((timeMs - whole) * 1000)
  const [date] = new Date(whole + (micros === 1000 ? 1 : 0)).toISOString().split('Z')
  return `${date}${String(micros % 1000).padStart(3, '0')}Z`
}

/** Milliseconds since the epoch; NaN for what is no time. Numbers are seconds, or else milliseconds since 1973. */
export function timeOf(timestamp: unknown): number {
  if (typeof timestamp === 'number') return timestamp > 1e11 ? timestamp : timestamp * 1000
  if (typeof timestamp !== 'string') return Number.NaN
  // Date.parse reads milliseconds only: the rest is added.
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? ''
  const rest = fraction.length > 3 ? Number(`0.${fraction.slice(3)}`) : 0
  return Date.parse(timestamp.replace(/(\.\d{3})\d+/, '$1')) + rest
}

/** The service that a path below `/proxy/` names. */
export function serviceOfPath(path: string | undefined): string | undefined {
  return /^\/?proxy\/([^/?]+)/.exec(path ?? '')?.[1]
}

/** A pod is called `<service>-<hash of its replica set>-<hash>`. */
export function serviceOfPod(pod: string, services: Iterable<string>): string {
  const named = [...services].filter((service) => pod === service || pod.startsWith(`${service}-`))
  if (named.length > 0) return named.reduce((a, b) => (b.length > a.length ? b : a))
  return pod.replace(/-[^-]+-[^-]+$/, '')
}

function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000
}
