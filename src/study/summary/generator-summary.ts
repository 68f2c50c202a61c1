/**
 * Whether the generator of a live run can be trusted: how late it was, how evenly it sent, how busy it was, and the
 * verdict. The rules are in `docs/measurement.md`.
 */
import { isOpen, type Scenario } from '../../scenario/index.ts'
import type { Histogram } from '../../stats/index.ts'
import { DISPERSION_BIN_MS, type Fidelity } from '../../worlds/index.ts'
import type { RunStatistics } from '../statistics/run-statistics.ts'

export interface DelaySummary {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface GeneratorSummary {
  /** Requests whose time was known beforehand; the lag and the dispersion are theirs. */
  readonly timedStarts: number
  /** From the intended start until the generator was ready to send: how late it was itself. */
  readonly lagMs: DelaySummary
  /** From then until the request was on a connection: the limit of connections, or the connecting. */
  readonly queuedMs: DelaySummary
  /** Index of dispersion of the starts, as they were wanted and as they were: 0 is even, 1 a Poisson process. */
  readonly dispersion: { readonly planned: number; readonly actual: number; readonly binMs: number }
  readonly eventLoopDelayMs: DelaySummary
  /** CPU time over time of the process that took most: 1 is a whole core. */
  readonly cpuShare: number
  /** Share of the time for which a process was ready to run and had no core, the worst one's; null: not known. */
  readonly coreWaitShare: number | null
  readonly processes: number
  readonly verdict: 'ok' | 'saturated'
  readonly reasons: readonly string[]
}

/** Below these, lateness is that of clocks and timers. Above, it must also be a good part of the latency. */
const LAG_P50_MS = 2
const LAG_P99_MS = 10
const LAG_SHARE = 0.1
const STARTED_SHARE = 0.97
const LOST_SHARE = 0.01
const FEWEST_LOST = 2
const LOOP_DELAY_P99_MS = 50
const CPU_SHARE = 0.9
/** What is said of fewer starts, or of a shorter time, is chance. */
const FEWEST_STARTS = 100
const SHORTEST_LOOP_MS = 2000
const SHORTEST_CPU_MS = 1000

const SATURATION_WARNING =
  'generator saturated: do not trust these numbers; generator.reasons in summary.json says why'

/** Null if no generator was at work: in the virtual world. */
export function generatorSummary(scenario: Scenario, statistics: RunStatistics): GeneratorSummary | null {
  const { lag, queued, loopDelay, planned, actual, processes } = statistics.generator
  if (processes.length === 0) return null
  const reasons = [
    ...lateness(statistics),
    ...misses(scenario, statistics),
    ...exhaustion(statistics),
    ...business(statistics.generator),
  ]
  return {
    timedStarts: lag.count,
    lagMs: delaySummary(lag),
    queuedMs: delaySummary(queued),
    dispersion: { planned: planned.dispersion, actual: actual.dispersion, binMs: DISPERSION_BIN_MS },
    eventLoopDelayMs: delaySummary(loopDelay),
    cpuShare: busiest(statistics.generator),
    coreWaitShare: mostStarved(statistics.generator),
    processes: processes.length,
    verdict: reasons.length === 0 ? 'ok' : 'saturated',
    reasons,
  }
}

/** What must not be overlooked; empty if all is well. */
export function generatorWarnings(
  { generator }: Pick<RunStatistics, 'generator'>,
  summary: GeneratorSummary | null,
): string[] {
  const saturated = summary?.verdict === 'saturated' ? [SATURATION_WARNING] : []
  return [...saturated, ...generator.troubles]
}

function lateness({ generator, total }: RunStatistics): string[] {
  const { lag } = generator
  if (lag.count < FEWEST_STARTS) return []
  const rules = [
    ['p50', 0.5, LAG_P50_MS],
    ['p99', 0.99, LAG_P99_MS],
  ] as const
  return rules.flatMap(([name, q, mostMs]) => {
    const lagMs = lag.quantile(q)
    const latencyMs = total.latency.quantile(q)
    if (lagMs <= mostMs || lagMs <= LAG_SHARE * latencyMs) return []
    return [
      `starts were ${milliseconds(lagMs)} late at ${name}: more than ${mostMs} ms, ` +
        `and more than a tenth of the latency (${milliseconds(latencyMs)})`,
    ]
  })
}

/** Starts of open loops that had a user, and were not made while there was time. */
function misses({ phases }: Scenario, statistics: RunStatistics): string[] {
  const open = statistics.phases.filter((_, i) => isOpen(phases[i]!.executor))
  const wanted = open.reduce((sum, { planned, dropped }) => sum + planned - dropped, 0)
  const started = open.reduce((sum, { sessions }) => sum + sessions, 0)
  if (wanted < FEWEST_STARTS || started >= STARTED_SHARE * wanted) return []
  return [
    `${wanted - started} of ${wanted} planned starts that had a user were not made in time: ` +
      `more than ${Math.round(100 * (1 - STARTED_SHARE))} %`,
  ]
}

/** Requests that the target never saw, because the generator or its machine had run out of something. */
function exhaustion({ failures, failureDetails, total }: RunStatistics): string[] {
  const lost = failures.get('resources') ?? 0
  if (lost < FEWEST_LOST || lost <= LOST_SHARE * total.requests) return []
  const details = Object.keys(failureDetails.toJSON().resources ?? {})
  return [
    `${lost} of ${total.requests} requests failed because the generator ran out of files, ports or memory ` +
      `(${details.join(', ')}): raise ulimit -n, or lower client.connections.most`,
  ]
}

function business(generator: Fidelity): string[] {
  const reasons: string[] = []
  const wallMs = Math.max(...generator.processes.map((use) => use.wallMs))
  const delayMs = generator.loopDelay.quantile(0.99)
  if (wallMs >= SHORTEST_LOOP_MS && delayMs > LOOP_DELAY_P99_MS) {
    reasons.push(
      `the event loop was ${milliseconds(delayMs)} behind at p99: more than ${LOOP_DELAY_P99_MS} ms`,
    )
  }
  const share = busiest(generator)
  if (wallMs >= SHORTEST_CPU_MS && share > CPU_SHARE) {
    reasons.push(`a process took ${Math.round(100 * share)} % of a core: more than ${100 * CPU_SHARE} %`)
  }
  return reasons
}

function busiest({ processes }: Fidelity): number {
  return Math.max(...processes.map(({ cpuMs, wallMs }) => cpuMs / wallMs))
}

function mostStarved({ processes }: Fidelity): number | null {
  const shares = processes.flatMap(({ waitMs, wallMs }) => (waitMs === null ? [] : [waitMs / wallMs]))
  return shares.length === 0 ? null : Math.max(...shares)
}

function delaySummary(delays: Histogram): DelaySummary {
  return { p50: delays.quantile(0.5), p99: delays.quantile(0.99), max: delays.max }
}

function milliseconds(ms: number): string {
  return `${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`
}
