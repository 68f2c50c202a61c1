/**
 * From the statistics of a run to its summary. Statistics that were kept, or merged, give the same one: nothing in it
 * hangs on the order in which things were counted.
 */
import type { MeanRewards } from '../../experience/index.ts'
import {
  hasIterations,
  heldUsers,
  instanceIds,
  isOpen,
  type Scenario,
  SERVICES,
  type ServiceName,
  scenarioHash,
} from '../../scenario/index.ts'
import { byName, type Histogram } from '../../stats/index.ts'
import type { Segment } from '../../traffic/index.ts'
import type { DecisionStatistics } from '../../worlds/index.ts'
import { type CapturedRun, captureWarnings } from '../captured-run.ts'
import { unloggedWarnings } from '../request-log.ts'
import { latencySummary } from '../statistics/request-counts.ts'
import type { RunStatistics } from '../statistics/run-statistics.ts'
import { generatorSummary, generatorWarnings } from './generator-summary.ts'
import { percentilePoints } from './percentile-points.ts'
import type {
  AbortedBy,
  LatencySummary,
  MistakeSummary,
  PhaseSummary,
  RunSummary,
  ServiceSummary,
  ThresholdResult,
} from './run-summary.ts'
import { shortfalls } from './shortfall.ts'
import { metricSummaries, tagSummaries, tagWarnings } from './tag-summary.ts'
import { checkThresholds, demandedThresholds } from './thresholds.ts'

export interface SummaryInput {
  readonly runId: string
  readonly scenario: Scenario
  readonly source: string
  readonly seed: number
  readonly policy: string
  readonly target: string
  readonly startedAt: Date
  readonly endMs: number
  readonly wallMs: number
  readonly interrupted: boolean
  /** Why the run was stopped before its time, if it was. */
  readonly stopped: string | null
  /** The threshold that stopped it, if one did. */
  readonly abortedBy?: AbortedBy | null
  readonly statistics: RunStatistics
  /** Undefined with a balancer that is not ours, and whose decisions were not captured. */
  readonly decisions: DecisionStatistics | undefined
  readonly captured?: CapturedRun | undefined
  readonly experience: {
    readonly decisions: number
    readonly recorded: number
    readonly file: string | null
    readonly rewards: Pick<MeanRewards, 'reward' | 'parts' | 'sums'> | null
  }
  readonly warnings: readonly string[]
}

/** @param segment it is only one share of a run: what only the whole can be judged by waits until the shares are merged */
export function summarize(input: SummaryInput, segment?: Segment): RunSummary {
  const isShare = segment !== undefined
  const { scenario, statistics, endMs, experience } = input
  const { total, sessions } = statistics
  const cut = input.interrupted || input.stopped !== null
  const captureProblems = input.captured === undefined ? [] : captureWarnings(input.captured)
  const generator = generatorSummary(scenario, statistics)
  const warnings = [
    ...generatorWarnings(statistics, generator),
    ...input.warnings,
    ...captureProblems,
    ...unloggedWarnings(statistics.unlogged),
    ...tagWarnings(statistics),
  ]
  statistics.finish(endMs)
  const measured = {
    requests: total.requests,
    requestsPerSecond: (total.requests * 1000) / Math.max(1, endMs),
    errorRate: total.errorRate,
    latency: latencySummary(total.latency),
    checks: [...statistics.checks].sort(byName).map(([name, counts]) => ({ name, ...counts.toJSON() })),
  }
  return {
    version: 1,
    runId: input.runId,
    scenario: { name: scenario.name, hash: scenarioHash(scenario), source: input.source },
    world: scenario.world,
    target: input.target,
    policy: input.policy,
    seed: input.seed,
    startedAt: input.startedAt.toISOString(),
    durationMs: endMs,
    wallMs: input.wallMs,
    interrupted: input.interrupted,
    stopped: input.stopped,
    sessions: {
      started: sessions.started,
      completed: sessions.completed,
      conversionRate: hasShoppers(scenario) ? sessions.ordered / sessions.completed : Number.NaN,
    },
    ...measured,
    serviceTime: latencySummary(statistics.serviceTime),
    percentiles: percentilePoints(total.latency, statistics.serviceTime),
    byAction: [...statistics.byAction]
      .sort(byName)
      .map(([action, counts]) => ({
        action,
        requests: counts.requests,
        errorRate: counts.errorRate,
        latency: latencySummary(counts.latency),
        serviceTime: knownLatency(statistics.serviceTimeByAction.get(action)),
      }))
      .sort((a, b) => b.requests - a.requests),
    services: input.decisions === undefined ? [] : serviceSummaries(instancesOf(input), input.decisions),
    phases: phaseSummaries(scenario, statistics, endMs),
    failures: statistics.failures.toJSON(),
    failureDetails: statistics.failureDetails.toJSON(),
    mistakes: mistakeSummaries(statistics),
    retries: statistics.attempts.summary(),
    faults: statistics.faults.summaries(),
    outsideFaults: statistics.faults.outside(),
    abortedBy: input.abortedBy ?? null,
    tags: tagSummaries(statistics),
    metrics: metricSummaries(statistics, endMs),
    ...(segment === undefined ? {} : { segment: { index: segment.index, count: segment.count } }),
    thresholds: isShare ? [] : thresholdResults(input),
    experience: {
      decisions: experience.decisions,
      recorded: experience.recorded,
      file: experience.file,
      meanReward: experience.rewards?.reward ?? null,
      meanRewards: experience.rewards?.parts ?? null,
    },
    capture: input.captured?.summary ?? null,
    generator,
    bucketMs: statistics.series.bucketMs,
    series: statistics.series.points(endMs),
    training: null,
    comparison: null,
    // Of a run that was cut short, everybody knows already that it held less.
    warnings: cut || isShare ? warnings : [...warnings, ...shortfalls(scenario, statistics)],
  }
}

/** Only they place orders. */
function hasShoppers({ behaviors }: Scenario): boolean {
  return Object.values(behaviors).some(({ kind }) => kind === 'shopper')
}

/** What ended the run has failed, even if the last requests, which nobody waited for, made it look better again. */
function thresholdResults({ scenario, statistics, endMs, abortedBy }: SummaryInput): ThresholdResult[] {
  return checkThresholds(demandedThresholds(scenario), { statistics, endMs }).map((result) => {
    const { metric, condition } = result
    if (abortedBy?.metric !== metric || abortedBy.condition !== condition) return result
    return { metric, condition, value: abortedBy.value, passed: false }
  })
}

function mistakeSummaries({ mistakes }: RunStatistics): MistakeSummary[] {
  return [...mistakes]
    .sort(byName)
    .map(([mistake, counts]) => ({ mistake, made: counts.refused + counts.otherwise, ...counts.toJSON() }))
    .sort((a, b) => b.made - a.made)
}

/** By service, in the order of the rows; a client sees only the services that it calls itself. */
function instancesOf({ scenario, captured }: SummaryInput): ReadonlyMap<ServiceName, readonly string[]> {
  const instances = (service: ServiceName) =>
    captured === undefined ? instanceIds(scenario, service) : captured.instances[service]
  const all = SERVICES.map((service) => [service, instances(service)] as const)
  return new Map(all.filter(([, ids]) => ids.length > 0))
}

function serviceSummaries(
  instanceIdsOf: ReadonlyMap<ServiceName, readonly string[]>,
  { services }: DecisionStatistics,
): ServiceSummary[] {
  return [...instanceIdsOf].map(([service, ids]) => {
    const { latency, instances, sheds } = services[SERVICES.indexOf(service)]!
    const failures = instances.reduce((sum, instance) => sum + instance.failures, 0)
    return {
      service,
      decisions: latency.count,
      errorRate: latency.count === 0 ? 0 : failures / latency.count,
      latency: latencySummary(latency),
      sheds,
      instances: ids.map((instance, i) => {
        const { answers, failures, latencyMs } = instances[i] ?? { answers: 0, failures: 0, latencyMs: 0 }
        return {
          instance,
          decisions: answers,
          share: latency.count === 0 ? 0 : answers / latency.count,
          errorRate: answers === 0 ? 0 : failures / answers,
          meanLatencyMs: latencyMs / answers,
        }
      }),
    }
  })
}

function phaseSummaries(scenario: Scenario, statistics: RunStatistics, endMs: number): PhaseSummary[] {
  return scenario.phases.map((phase, i) => {
    const { counts, sessions, planned, dropped, userMs } = statistics.phases[i]!
    // A run that was cut may not have come to this phase at all.
    const phaseEndMs = Math.max(phase.startMs, Math.min(phase.startMs + phase.durationMs, endMs))
    const lengthMs = Math.max(1, phaseEndMs - phase.startMs)
    return {
      name: phase.name,
      startMs: phase.startMs,
      endMs: phaseEndMs,
      plannedUsers: heldUsers(phase.executor),
      meanUsers: userMs / lengthMs,
      executor: phase.executor.kind,
      sessions,
      sessionsPerSecond: (sessions * 1000) / lengthMs,
      plannedSessions: isOpen(phase.executor) || hasIterations(phase.executor) ? planned : null,
      plannedPerSecond: isOpen(phase.executor) ? (planned * 1000) / lengthMs : null,
      droppedSessions: dropped,
      requests: counts.requests,
      requestsPerSecond: (counts.requests * 1000) / lengthMs,
      errorRate: counts.errorRate,
      latency: latencySummary(counts.latency),
      serviceTime: knownLatency(statistics.serviceTimeByPhase[i]),
    }
  })
}

/** Null where there is none. */
function knownLatency(latency: Histogram | undefined): LatencySummary | null {
  return latency === undefined || latency.count === 0 ? null : latencySummary(latency)
}
