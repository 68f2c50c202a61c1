/** What a run was like for its users: every request, session and check, summed up as it happens. */
import { type Fault, type Scenario, scenarioDurationMs } from '../scenario/index.ts'
import { Histogram } from '../stats/index.ts'
import type { SessionResult } from '../traffic/index.ts'
import type { FinishedRequest, RunObserver } from '../worlds/index.ts'
import { AttemptCounts } from './attempt-counts.ts'
import { FaultEffects } from './fault-effects.ts'
import { RequestCounts } from './request-counts.ts'
import { TimeSeries } from './time-series.ts'

export interface PhaseStatistics {
  readonly counts: RequestCounts
  sessions: number
  /** Integral of the users over time. */
  userMs: number
}

export class RunStatistics implements RunObserver {
  readonly total = new RequestCounts()
  readonly serviceTime = new Histogram()
  readonly byAction = new Map<string, RequestCounts>()
  readonly phases: readonly PhaseStatistics[]
  /** Failure kind or status to count. */
  readonly failures = new Map<string, number>()
  /** Mistakes that users made on purpose, by kind. */
  readonly mistakes = new Map<string, { refused: number; otherwise: number }>()
  readonly attempts = new AttemptCounts()
  readonly faults: FaultEffects
  readonly checks = new Map<string, { passes: number; fails: number }>()
  readonly series: TimeSeries
  readonly sessions = { started: 0, completed: 0, ordered: 0, dropped: 0 }
  users = 0
  #perPhase: number[]
  #usersSinceMs = 0

  /** @param faults as they were drawn for this run, if anybody wants to know what each did */
  constructor(scenario: Scenario, faults: readonly Fault[] = []) {
    this.faults = new FaultEffects(scenario, faults)
    this.phases = scenario.phases.map(() => ({ counts: new RequestCounts(), sessions: 0, userMs: 0 }))
    this.#perPhase = scenario.phases.map(() => 0)
    this.series = new TimeSeries(scenarioDurationMs(scenario))
  }

  /**
   * Refused mistakes count in the latencies like any other request: somebody waited for the refusal, and the shop had
   * the work. (k6's http_req_duration has them too.)
   */
  onRequest(request: FinishedRequest): void {
    const latencyMs = request.endMs - request.intendedMs
    const failed = !request.expected
    this.total.add(latencyMs, failed)
    this.phases[request.origin.phase]!.counts.add(latencyMs, failed)
    this.#action(request.action).add(latencyMs, failed)
    this.serviceTime.record(request.endMs - request.startMs)
    this.series.add(request.endMs, latencyMs, failed)
    this.attempts.add(request)
    this.faults.add(request.intendedMs, latencyMs, failed)
    if (request.mistake !== null) this.#countMistake(request.mistake, request.expected)
    if (failed) {
      const kind = request.reply.failure ?? String(request.reply.status)
      this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1)
    }
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
    let check = this.checks.get(name)
    if (check === undefined) this.checks.set(name, (check = { passes: 0, fails: 0 }))
    if (passed) check.passes++
    else check.fails++
  }

  onUsers(nowMs: number, users: number, perPhase: readonly number[]): void {
    this.integrateUsers(nowMs)
    this.series.setUsers(users, nowMs)
    this.users = users
    this.#perPhase = [...perPhase]
  }

  onDropped(): void {
    this.sessions.dropped++
  }

  /** Users that belong to a phase now. */
  usersIn(phase: number): number {
    return this.#perPhase[phase]!
  }

  /** Brings the users of the phases up to now. */
  integrateUsers(nowMs: number): void {
    const elapsedMs = nowMs - this.#usersSinceMs
    for (const [i, phase] of this.phases.entries()) phase.userMs += this.#perPhase[i]! * elapsedMs
    this.#usersSinceMs = nowMs
  }

  #countMistake(mistake: string, refused: boolean): void {
    let counts = this.mistakes.get(mistake)
    if (counts === undefined) this.mistakes.set(mistake, (counts = { refused: 0, otherwise: 0 }))
    if (refused) counts.refused++
    else counts.otherwise++
  }

  #action(name: string): RequestCounts {
    let counts = this.byAction.get(name)
    if (counts === undefined) this.byAction.set(name, (counts = new RequestCounts()))
    return counts
  }
}
