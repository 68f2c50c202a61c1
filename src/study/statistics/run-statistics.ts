/** What a run was like for its users: every request, session and check, summed up as it happens. */
import { type Fault, hardEndMs, type Scenario } from '../../scenario/index.ts'
import { CountsByName, counters, Histogram, PartsByName } from '../../stats/index.ts'
import type { SessionResult } from '../../traffic/index.ts'
import { Fidelity, type FinishedRequest, type RunObserver } from '../../worlds/index.ts'
import { AttemptCounts } from './attempt-counts.ts'
import { FailureDetails } from './failure-details.ts'
import { FaultEffects } from './fault-effects.ts'
import { ownMetrics } from './own-metrics.ts'
import { PhaseStatistics } from './phase-statistics.ts'
import { RequestCounts } from './request-counts.ts'
import { mergeParts, partsFromJSON, partsToJSON, type RunStatisticsJson } from './statistics-parts.ts'
import { TaggedCounts } from './tagged-counts.ts'
import { TimeSeries } from './time-series.ts'
import { wholeUs } from './user-time.ts'

export type { RunStatisticsJson } from './statistics-parts.ts'

/** How often thresholds that end a run are looked at. */
const LOOK_MS = 1000

/** What is kept of it, and merged, is listed in `statistics-parts.ts`. */
export class RunStatistics implements RunObserver {
  readonly total = new RequestCounts()
  readonly serviceTime = new Histogram()
  /** In live runs; in the virtual world users need no time to send. */
  readonly serviceTimeByAction = new PartsByName(() => new Histogram())
  readonly serviceTimeByPhase: readonly Histogram[]
  readonly byAction = new PartsByName(() => new RequestCounts())
  readonly phases: readonly PhaseStatistics[]
  /** When each phase begins and ends. */
  readonly #windowsUs: readonly { readonly fromUs: number; readonly toUs: number }[]
  /** Failure kind or status to count. */
  readonly failures = new CountsByName()
  /** Mistakes that users made on purpose, by kind: refused with a 4xx, as they should be, or not. */
  readonly mistakes = new PartsByName(() => counters('refused', 'otherwise'))
  readonly attempts = new AttemptCounts()
  readonly faults: FaultEffects
  readonly checks = new PartsByName(() => counters('passes', 'fails'))
  /** Metrics that scripts measure themselves. */
  readonly own: ReturnType<typeof ownMetrics>
  /** Requests by their tags. */
  readonly tagged: TaggedCounts
  readonly series: TimeSeries
  /** Of those that have one. */
  readonly failureDetails = new FailureDetails()
  /** How well the load was generated; empty in the virtual world. */
  readonly generator = new Fidelity()
  readonly sessions = counters('started', 'completed', 'ordered', 'dropped')
  /** Requests of which the disk could not take the line in `requests.jsonl` in time. */
  readonly unlogged = counters('requests')
  users = 0
  #perPhase: number[]
  #usersSinceUs = 0
  readonly #isLive: boolean
  #look: ((nowMs: number) => void) | undefined
  #nextLookMs = Number.POSITIVE_INFINITY

  /** @param faults as they were drawn for this run, if anybody wants to know what each did */
  constructor(scenario: Scenario, faults: readonly Fault[] = []) {
    this.#isLive = scenario.world === 'live'
    this.faults = new FaultEffects(scenario, faults)
    this.phases = scenario.phases.map(() => new PhaseStatistics())
    this.#windowsUs = scenario.phases.map(({ startMs, durationMs }) => ({
      fromUs: wholeUs(startMs),
      toUs: wholeUs(startMs + durationMs),
    }))
    this.serviceTimeByPhase = scenario.phases.map(() => new Histogram())
    this.#perPhase = scenario.phases.map(() => 0)
    this.own = ownMetrics(scenario)
    this.tagged = new TaggedCounts(scenario)
    this.series = new TimeSeries(hardEndMs(scenario))
  }

  /**
   * Refused mistakes count in the latencies like any other request: somebody waited for the refusal, and the shop had
   * the work. (k6's http_req_duration has them too.)
   */
  onRequest(request: FinishedRequest): void {
    if (request.endMs >= this.#nextLookMs) this.#lookAt(request.endMs)
    const latencyMs = request.endMs - request.intendedMs
    const failed = !request.expected
    this.total.add(latencyMs, failed)
    this.phases[request.origin.phase]!.counts.add(latencyMs, failed)
    this.byAction.at(request.action).add(latencyMs, failed)
    this.#addServiceTime(request)
    this.series.add(request.endMs, latencyMs, failed)
    this.attempts.add(request)
    this.tagged.add(request, latencyMs, failed)
    this.faults.add(request.intendedMs, latencyMs, failed)
    if (request.mistake !== null) {
      const counts = this.mistakes.at(request.mistake)
      if (request.expected) counts.refused++
      else counts.otherwise++
    }
    if (!failed) return
    const { failure, reply } = request
    this.failures.add(failure!)
    if (reply.failureDetail !== undefined) this.failureDetails.add(failure!, reply.failureDetail)
  }

  /** Who never had a connection was not served: a time of 0 would say that the target is fast where it stands still. */
  #addServiceTime({ action, origin, readyMs, startMs, endMs }: FinishedRequest): void {
    const isServed = !Number.isNaN(startMs)
    if (this.#isLive) this.generator.queued.record((isServed ? startMs : endMs) - readyMs)
    if (!isServed) return
    const serviceMs = endMs - startMs
    this.serviceTime.record(serviceMs)
    if (!this.#isLive) return
    this.serviceTimeByAction.at(action).record(serviceMs)
    this.serviceTimeByPhase[origin.phase]!.record(serviceMs)
  }

  onSessionStart(phase: number): void {
    this.sessions.started++
    this.phases[phase]!.sessions++
  }

  onSessionEnd(_phase: number, result: SessionResult | undefined): void {
    if (result === undefined) return
    this.sessions.completed++
    if (result.ordered) this.sessions.ordered++
  }

  onCheck(name: string, passed: boolean): void {
    const check = this.checks.at(name)
    if (passed) check.passes++
    else check.fails++
  }

  onMeasure(metric: string, value: number, nowMs: number): void {
    this.own.get(metric)?.add(value, nowMs)
  }

  onUsers(nowMs: number, users: number, perPhase: readonly number[]): void {
    this.integrateUsers(nowMs)
    this.series.setUsers(users, nowMs)
    this.users = users
    this.#perPhase = [...perPhase]
  }

  onPlanned(phase: number): void {
    this.phases[phase]!.planned++
  }

  onDropped(phase: number): void {
    this.sessions.dropped++
    this.phases[phase]!.dropped++
  }

  /** Has `look` called once per second of the run, before the first request that ends in it is counted. */
  everySecond(look: (nowMs: number) => void): void {
    this.#look = look
    this.#nextLookMs = LOOK_MS
  }

  /** Users that belong to a phase now. */
  usersIn(phase: number): number {
    return this.#perPhase[phase]!
  }

  /**
   * Brings the users of the phases up to now. Those whose session goes on after the end of their phase count no more:
   * what is asked of a phase, and its mean, are of its own time.
   */
  integrateUsers(nowMs: number): void {
    const nowUs = wholeUs(nowMs)
    for (const [i, phase] of this.phases.entries()) {
      const { fromUs, toUs } = this.#windowsUs[i]!
      const sinceUs = Math.max(this.#usersSinceUs, fromUs)
      const untilUs = Math.min(nowUs, toUs)
      if (untilUs > sinceUs) phase.users.add(this.#perPhase[i]!, sinceUs, untilUs)
    }
    this.#usersSinceUs = nowUs
  }

  /**
   * Adds those of another run, or of another share of the same one: as if all had been counted here. Both must be of
   * one scenario, and at their end (`finish`).
   */
  merge(other: RunStatistics): void {
    mergeParts(this, other)
  }

  /** The run is over: what goes on until then is counted. Only now it can be kept or merged. */
  finish(endMs: number): void {
    this.integrateUsers(endMs)
    this.series.finish(endMs)
  }

  #lookAt(nowMs: number): void {
    this.#nextLookMs = (Math.floor(nowMs / LOOK_MS) + 1) * LOOK_MS
    this.#look!(nowMs)
  }

  toJSON(): RunStatisticsJson {
    return partsToJSON(this)
  }

  /** @throws DataError if it is not what `toJSON` writes, for this scenario */
  static fromJSON(scenario: Scenario, json: RunStatisticsJson): RunStatistics {
    return partsFromJSON(new RunStatistics(scenario, json.faults?.faults), scenario, json)
  }
}
