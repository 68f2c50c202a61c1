/**
 * From decisions and answers to experience records.
 *
 * A record is complete when its answer is in *and* the next decision for the same service has been made (its
 * state is the record's `next`), in whichever order. The state is turned into bytes once and used twice: as the
 * `state` of its own record and as the `next` of the one before. Sans-IO: lines go to a sink.
 */
import type { RewardSettings } from '../core/index.ts'
import { type Observation, quantize } from '../routing/index.ts'
import { AttemptMemory } from './attempt-memory.ts'
import type { CallOrigin, Decider, DecisionLog, LineSink, Outcome } from './decision-log.ts'
import { newStateBytes, type StateBytes, StateEncoder } from './encode-state.ts'
import { InSystemArea } from './in-system-area.ts'
import { newPending, noteDecider, notePropensities, type PendingDecision } from './pending-decision.ts'
import { RecordEncoder } from './record-encoder.ts'
import {
  balanceReward,
  errorReward,
  latencyReward,
  satisfactionReward,
  throughputReward,
  totalReward,
} from './reward.ts'
import { RewardSums } from './reward-sums.ts'

export interface ExperienceLogOptions {
  readonly run: string
  readonly services: readonly string[]
  /** Instance ids by service: those that are there from the start. */
  readonly instances: Readonly<Record<string, readonly string[]>>
  readonly routes: readonly string[]
  readonly phases: readonly string[]
  readonly profiles: readonly string[]
  readonly reward: RewardSettings
  /** Whether clients may send a request more than once. */
  readonly repeats: boolean
  /** Where the lines go. Without it rewards are summed up and nothing is written. */
  readonly sink?: LineSink
}

interface ServiceLog {
  readonly states: StateEncoder
  last: PendingDecision | undefined
  readonly inSystem: InSystemArea
}

export class ExperienceLog implements DecisionLog<PendingDecision> {
  readonly rewards = new RewardSums()
  readonly #settings: RewardSettings
  readonly #encoder: RecordEncoder | undefined
  readonly #sink: LineSink | undefined
  readonly #services: ServiceLog[]
  readonly #attempts: AttemptMemory | undefined
  /** Decisions that are not written yet, in no order; each knows its place. */
  readonly #waiting: PendingDecision[] = []
  readonly #spare: PendingDecision[] = []
  readonly #spareStates: StateBytes[] = []
  #decisions = 0
  #recorded = 0

  constructor(options: ExperienceLogOptions) {
    this.#settings = options.reward
    this.#sink = options.sink
    this.#encoder = options.sink === undefined ? undefined : new RecordEncoder(options)
    this.#attempts = options.repeats ? new AttemptMemory() : undefined
    this.#services = options.services.map(() => ({
      states: new StateEncoder(),
      last: undefined,
      inSystem: new InSystemArea(),
    }))
  }

  get decisions(): number {
    return this.#decisions
  }

  get recorded(): number {
    return this.#recorded
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
  ): PendingDecision {
    const log = this.#services[service]!
    const { nowMs, count } = observation
    const areaMs = log.inSystem.upTo(nowMs)
    const state = this.#takeState(log, observation)
    if (log.last !== undefined) this.#follow(log.last, areaMs, state, nowMs)

    const pending = this.#spare.pop() ?? newPending()
    pending.decision = this.#decisions++
    pending.service = service
    pending.atMs = nowMs
    pending.origin = origin
    const repeated = this.#repeatedBy(origin, pending.decision)
    pending.retryOf = retryOf ?? repeated
    pending.route = route
    pending.action = action
    pending.count = count
    notePropensities(pending, propensities)
    // Who does not know the action has them from elsewhere than from the one who decided.
    pending.propensityEstimated = action === -1
    noteDecider(pending, decider)
    pending.state = state
    pending.balance = action === -1 ? Number.NaN : balanceReward(observation, action)
    pending.areaAtMs = areaMs
    pending.next = undefined
    pending.outcome = undefined
    pending.truncated = false
    pending.place = this.#waiting.push(pending) - 1
    log.last = pending
    log.inSystem.enter(nowMs)
    return pending
  }

  decisionOf(pending: PendingDecision): number {
    return pending.decision
  }

  /**
   * What another balancer decided has become known, by its answer. To be told before the outcome.
   *
   * @param propensities estimates, if there are any
   */
  resolveAction(pending: PendingDecision, action: number, propensities?: Float64Array): void {
    pending.action = action
    if (propensities !== undefined) notePropensities(pending, propensities)
  }

  /** Another instance of a service, behind all others: `action` and observations may have it from now on. */
  addInstance(service: number, id: string): void {
    this.#encoder?.addInstance(service, id)
  }

  onOutcome(pending: PendingDecision, outcome: Outcome, nowMs: number): void {
    this.#services[pending.service]!.inSystem.leave(nowMs)
    pending.outcome = outcome
    this.#finishIfComplete(pending)
  }

  /**
   * A decision is not to be recorded, for want of interest or of room. It is still what follows the one before, and
   * its number is taken: the records of a sample are lines that the whole log would have, byte for byte.
   */
  passOver(service: number, observation: Observation): void {
    const log = this.#services[service]!
    const { nowMs } = observation
    const areaMs = log.inSystem.upTo(nowMs)
    log.inSystem.enter(nowMs)
    this.#decisions++
    if (log.last === undefined) return
    const state = this.#takeState(log, observation)
    this.#follow(log.last, areaMs, state, nowMs)
    this.#release(state)
    log.last = undefined
  }

  /** The outcome of a decision that was passed over. */
  onPassedOver(service: number, nowMs: number): void {
    this.#services[service]!.inSystem.leave(nowMs)
  }

  close(nowMs: number, observe: (service: number) => Observation): void {
    for (const [service, log] of this.#services.entries()) {
      if (log.last === undefined) continue
      const state = this.#takeState(log, observe(service))
      log.last.truncated = true
      this.#follow(log.last, log.inSystem.upTo(nowMs), state, nowMs)
      this.#release(state)
      log.last = undefined
    }
    for (const pending of this.#waiting.toSorted((a, b) => a.decision - b.decision)) {
      pending.truncated = true
      this.#write(pending)
    }
  }

  /** Only what a client sends itself is sent again. */
  #repeatedBy(origin: CallOrigin, decision: number): number | null {
    if (this.#attempts === undefined || origin.hop > 0) return null
    return this.#attempts.retryOf(origin.trace, origin.attempt, decision)
  }

  #follow(pending: PendingDecision, areaMs: number, state: StateBytes, nowMs: number): void {
    state.users++
    pending.next = state
    pending.dtMs = quantize(nowMs - pending.atMs)
    pending.throughputMs = areaMs - pending.areaAtMs
    this.#finishIfComplete(pending)
  }

  #finishIfComplete(pending: PendingDecision): void {
    if (pending.next !== undefined && pending.outcome !== undefined) this.#write(pending)
  }

  #write(pending: PendingDecision): void {
    if (pending.outcome !== undefined) this.#reward(pending, pending.outcome)
    if (this.#encoder !== undefined) {
      const line = this.#encoder.encode(pending)
      this.#sink!.writeLine(line.bytes, line.length)
      this.#recorded++
    }
    this.#release(pending.state!)
    if (pending.next !== undefined) this.#release(pending.next)
    pending.state = undefined
    pending.next = undefined
    const last = this.#waiting.pop()!
    if (last !== pending) {
      this.#waiting[pending.place] = last
      last.place = pending.place
    }
    this.#spare.push(pending)
  }

  #reward(pending: PendingDecision, { latencyMs, failed }: Outcome): void {
    const { targetLatencyMs } = this.#settings
    const { rewards } = pending
    rewards.latency = latencyReward(latencyMs, targetLatencyMs)
    rewards.error = errorReward(failed)
    rewards.throughput = throughputReward(pending.throughputMs, targetLatencyMs)
    rewards.balance = pending.balance
    rewards.satisfaction = satisfactionReward(latencyMs, failed, targetLatencyMs)
    pending.reward = totalReward(rewards, this.#settings)
    this.rewards.add(rewards, pending.reward)
  }

  #takeState(log: ServiceLog, observation: Observation): StateBytes {
    const state = this.#spareStates.pop() ?? newStateBytes()
    state.users = 1
    if (this.#encoder !== undefined) log.states.encode(state, observation)
    return state
  }

  #release(state: StateBytes): void {
    if (--state.users > 0) return
    state.json.clear()
    this.#spareStates.push(state)
  }
}
