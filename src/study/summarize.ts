/** From the statistics of a run to its summary. */
import type { MeanRewards } from '../experience/index.ts'
import { instanceIds, type Scenario, SERVICES, type ServiceName, scenarioHash } from '../scenario/index.ts'
import type { DecisionStatistics } from '../worlds/index.ts'
import { type CapturedRun, captureWarnings } from './captured-run.ts'
import { latencySummary } from './request-counts.ts'
import type { RunStatistics } from './run-statistics.ts'
import type { MistakeSummary, PhaseSummary, RunSummary, ServiceSummary } from './run-summary.ts'
import { shortfalls } from './shortfall.ts'
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
  readonly statistics: RunStatistics
  /** Undefined with a balancer that is not ours, and whose decisions were not captured. */
  readonly decisions: DecisionStatistics | undefined
  readonly captured?: CapturedRun | undefined
  readonly experience: {
    readonly decisions: number
    readonly recorded: number
    readonly file: string | null
    readonly rewards: MeanRewards | null
  }
  readonly warnings: readonly string[]
}

export function summarize(input: SummaryInput): RunSummary {
  const { scenario, statistics, endMs, experience } = input
  const { total, sessions } = statistics
  const cut = input.interrupted || input.stopped !== null
  const captureProblems = input.captured === undefined ? [] : captureWarnings(input.captured)
  const warnings = [...input.warnings, ...captureProblems]
  statistics.integrateUsers(endMs)
  const measured = {
    requests: total.requests,
    requestsPerSecond: (total.requests * 1000) / Math.max(1, endMs),
    errorRate: total.errorRate,
    latency: latencySummary(total.latency),
    checks: [...statistics.checks].map(([name, counts]) => ({ name, ...counts })),
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
      conversionRate: sessions.ordered / sessions.completed,
    },
    ...measured,
    serviceTime: latencySummary(statistics.serviceTime),
    byAction: [...statistics.byAction]
      .map(([action, counts]) => ({
        action,
        requests: counts.requests,
        errorRate: counts.errorRate,
        latency: latencySummary(counts.latency),
      }))
      .sort((a, b) => b.requests - a.requests),
    services: input.decisions === undefined ? [] : serviceSummaries(instancesOf(input), input.decisions),
    phases: phaseSummaries(scenario, statistics, endMs),
    failures: Object.fromEntries(statistics.failures),
    mistakes: mistakeSummaries(statistics),
    retries: statistics.attempts.summary(),
    faults: statistics.faults.summaries(),
    outsideFaults: statistics.faults.outside(),
    thresholds: checkThresholds(demandedThresholds(scenario), measured),
    experience: {
      decisions: experience.decisions,
      recorded: experience.recorded,
      file: experience.file,
      meanReward: experience.rewards?.reward ?? null,
      meanRewards: experience.rewards?.parts ?? null,
    },
    capture: input.captured?.summary ?? null,
    bucketMs: statistics.series.bucketMs,
    series: statistics.series.points(endMs),
    training: null,
    comparison: null,
    // Of a run that was cut short, everybody knows already that it held less.
    warnings: cut ? warnings : [...warnings, ...shortfalls(scenario, statistics)],
  }
}

function mistakeSummaries({ mistakes }: RunStatistics): MistakeSummary[] {
  return [...mistakes]
    .map(([mistake, counts]) => ({ mistake, made: counts.refused + counts.otherwise, ...counts }))
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
    const { counts, sessions, userMs } = statistics.phases[i]!
    // A run that was cut may not have come to this phase at all.
    const phaseEndMs = Math.max(phase.startMs, Math.min(phase.startMs + phase.durationMs, endMs))
    const lengthMs = Math.max(1, phaseEndMs - phase.startMs)
    return {
      name: phase.name,
      startMs: phase.startMs,
      endMs: phaseEndMs,
      plannedUsers: phase.users,
      meanUsers: userMs / lengthMs,
      sessions,
      requests: counts.requests,
      requestsPerSecond: (counts.requests * 1000) / lengthMs,
      errorRate: counts.errorRate,
      latency: latencySummary(counts.latency),
    }
  })
}
