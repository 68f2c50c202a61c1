/** What a run was like for its users: every request, session and check, summed up as it happens. */
import { type Scenario, scenarioDurationMs } from '../scenario/index.ts'
import { Histogram } from '../stats/index.ts'
import type { SessionResult } from '../traffic/index.ts'
import type { FinishedRequest, RunObserver } from '../worlds/index.ts'
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
  readonly checks = new Map<string, { passes: number; fails: number }>()
  readonly series: TimeSeries
  readonly sessions = { started: 0, completed: 0, ordered: 0, dropped: 0 }
  boundMs = 0
  users = 0
  #perPhase: number[]
  #usersSinceMs = 0

  constructor(scenario: Scenario) {
    this.phases = scenario.phases.map(() => ({ counts: new RequestCounts(), sessions: 0, userMs: 0 }))
    this.#perPhase = scenario.phases.map(() => 0)
    this.series = new TimeSeries(scenarioDurationMs(scenario))
  }

  onRequest(request: FinishedRequest): void {
    const latencyMs = request.endMs - request.intendedMs
    const failed = !request.expected
    this.total.add(latencyMs, failed)
    this.phases[request.origin.phase]!.counts.add(latencyMs, failed)
    this.#action(request.action).add(latencyMs, failed)
    this.serviceTime.record(request.endMs - request.startMs)
    this.series.add(request.endMs, latencyMs, failed)
    this.boundMs += request.boundMs
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

  #action(name: string): RequestCounts {
    let counts = this.byAction.get(name)
    if (counts === undefined) this.byAction.set(name, (counts = new RequestCounts()))
    return counts
  }
}
