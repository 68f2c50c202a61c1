/**
 * The log of one segment of a run: records the decisions that its own sessions caused, and passes over those of the
 * others. Each line is byte for byte the line that the whole run has, so that the segments together are the whole.
 */
import type {
  CallOrigin,
  Decider,
  DecisionLog,
  ExperienceLog,
  Outcome,
  PendingDecision,
} from '../../experience/index.ts'
import type { Observation } from '../../routing/index.ts'

/** A decision of its own, or the number of the service of one that is not. */
export type ShareToken = PendingDecision | number

const NOT_OURS = -1

export class ShareLog implements DecisionLog<ShareToken> {
  readonly #log: ExperienceLog
  #decisions = 0

  constructor(log: ExperienceLog) {
    this.#log = log
  }

  /** Its own. */
  get decisions(): number {
    return this.#decisions
  }

  onDecision(
    service: number,
    observation: Observation,
    action: number,
    propensities: Float64Array | undefined,
    route: number,
    origin: CallOrigin,
    decider: Decider | undefined,
    retryOf?: number,
  ): ShareToken {
    if (origin.foreign === true) {
      this.#log.passOver(service, observation)
      return service
    }
    this.#decisions++
    return this.#log.onDecision(service, observation, action, propensities, route, origin, decider, retryOf)
  }

  decisionOf(token: ShareToken): number {
    return typeof token === 'number' ? NOT_OURS : this.#log.decisionOf(token)
  }

  onOutcome(token: ShareToken, outcome: Outcome, nowMs: number): void {
    if (typeof token === 'number') this.#log.onPassedOver(token, nowMs)
    else this.#log.onOutcome(token, outcome, nowMs)
  }

  close(nowMs: number, observe: (service: number) => Observation): void {
    this.#log.close(nowMs, observe)
  }
}
