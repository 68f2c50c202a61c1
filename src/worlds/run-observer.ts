/** What a world tells while it runs. Statistics, progress and the client-side log listen; none of them acts. */
import type { Reply, Tags } from '../core/index.ts'
import type { CallOrigin } from '../experience/index.ts'
import type { SessionResult } from '../traffic/index.ts'

/** One finished request of a client. The object is reused: copy what you keep. */
export interface FinishedRequest {
  /** Trace id, phase. */
  origin: CallOrigin
  profile: string
  session: number
  /** Action of the user: `search`, `cartAdd`. */
  action: string
  service: string
  /** Times that it was sent: 1, and one more for every retry and every hedge. */
  attempts: number
  retries: number
  /**
   * When the user wanted it to start, when the generator got round to it, when it was first sent (it may have waited for
   * a connection; NaN: it never had one), when it ended; ms since the start of the run.
   */
  intendedMs: number
  readyMs: number
  startMs: number
  endMs: number
  reply: Reply
  /** The reply was what the user hoped for; a refused mistake counts as such. */
  expected: boolean
  /** Its class where it was not: a failure kind, a status, or `body`. */
  failure: string | null
  /** Those of the script, one object for all requests of a kind; undefined for a shopper's. */
  tags: Tags | undefined
  /** Length of the reply's body; NaN where it is not known. */
  bytes: number
  /** The mistake that it was made for, if it was. */
  mistake: string | null
  /** Shortest time it could have taken: no waiting, fastest replicas. NaN where it cannot be known. */
  boundMs: number
}

export interface RunObserver {
  onRequest(request: FinishedRequest): void
  onSessionStart(phase: number): void
  /** `result` is undefined for a session that was cut because its user was not needed any more. */
  onSessionEnd(phase: number, result: SessionResult | undefined): void
  onCheck(name: string, passed: boolean): void
  /** A script has measured something of its own. */
  onMeasure?(metric: string, value: number, nowMs: number): void
  /** The number of users changed. */
  onUsers(nowMs: number, users: number, perPhase: readonly number[]): void
  /** The plan has come to a session that is to start: each of an open loop, and all of a phase that has a number of them. */
  onPlanned?(phase: number): void
  /** An open-loop session could not start, because no account was free or too many users were there. */
  onDropped(phase: number): void
}

/** A user, a service that nobody waits for, or whoever waits for the call that this one is a copy of. */
export type WaitedForBy = 'user' | 'nobody' | 'twin'

/** What became of the balancer's requests. */
export interface DecisionObserver {
  /**
   * A request is on its way to an instance. In the virtual world only.
   *
   * @param workMs what it is to take at speed 1; NaN if a fault takes it away before the instance has it
   */
  onSent?(service: number, instance: number, nowMs: number, workMs: number, waiting: WaitedForBy): void
  /** One routing decision has been answered. */
  onAnswer(service: number, instance: number, latencyMs: number, failed: boolean): void
  /** A request got 503 from the balancer itself: no instance was eligible, or the policy shed it. */
  onShed(service: number): void
}
