/**
 * From decisions and answers to experience records.
 *
 * A record is complete when its answer is in *and* the next decision for the same service has been made (its
 * state is the record's `next`), in whichever order. The state is turned into bytes once and used twice: as the
 * `state` of its own record and as the `next` of the one before. Sans-IO: lines go to a sink.
 */
import type { RewardSettings } from '../core/index.ts'
import { type Observation, type Policy, quantize } from '../routing/index.ts'
import { AttemptMemory } from './attempt-memory.ts'
import type { CallOrigin, DecisionLog, LineSink, Outcome } from './decision-log.ts'
import { newStateBytes, type StateBytes, StateEncoder } from './encode-state.ts'
import { newPending, type PendingDecision } from './pending-decision.ts'
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
  /** Instance ids by service. */
  readonly instances: Readonly<Record<string, readonly string[]>>
  readonly routes: readonly string[]
  readonly phases: readonly string[]
  readonly profiles: readonly string[]
  /** By service: whose decisions they are. */
  readonly policies: readonly Pick<Policy, 'id' | 'version'>[]
  readonly reward: RewardSettings
  /** Whether clients may send a request more than once. */
  readonly repeats: boolean
  /** Where the lines go. Without it rewards are summed up and nothing is written. */
  readonly sink?: LineSink
}

interface ServiceLog {
  readonly states: StateEncoder
  last: PendingDecision | undefined
  /** Requests without an answer yet, and their integral over time. */
  inSystem: number
  areaMs: number
  areaToMs: number
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
      inSystem: 0,
      areaMs: 0,
      areaToMs: 0,
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
    propensities: Float64Array,
    route: number,
    origin: CallOrigin,
  ): PendingDecision {
    const log = this.#services[service]!
    const { nowMs, count } = observation
    this.#integrate(log, nowMs)
    const state = this.#takeState(log, observation)
    if (log.last !== undefined) this.#follow(log.last, log, state, nowMs)

    const pending = this.#spare.pop() ?? newPending()
    pending.decision = this.#decisions++
    pending.service = service
    pending.atMs = nowMs
    pending.origin = origin
    pending.retryOf = this.#retryOf(origin, pending.decision)
    pending.route = route
    pending.action = action
    pending.count = count
    if (pending.propensities.length < count) pending.propensities = new Float64Array(count)
    for (let i = 0; i < count; i++) pending.propensities[i] = propensities[i]!
    pending.state = state
    pending.balance = balanceReward(observation, action)
    pending.areaAtMs = log.areaMs
    pending.next = undefined
    pending.outcome = undefined
    pending.truncated = false
    pending.place = this.#waiting.push(pending) - 1
    log.last = pending
    log.inSystem++
    return pending
  }

  onOutcome(pending: PendingDecision, outcome: Outcome, nowMs: number): void {
    const log = this.#services[pending.service]!
    this.#integrate(log, nowMs)
    log.inSystem--
    pending.outcome = outcome
    this.#finishIfComplete(pending)
  }

  close(nowMs: number, observe: (service: number) => Observation): void {
    for (const [service, log] of this.#services.entries()) {
      if (log.last === undefined) continue
      this.#integrate(log, nowMs)
      const state = this.#takeState(log, observe(service))
      log.last.truncated = true
      this.#follow(log.last, log, state, nowMs)
      this.#release(state)
      log.last = undefined
    }
    for (const pending of this.#waiting.toSorted((a, b) => a.decision - b.decision)) {
      pending.truncated = true
      this.#write(pending)
    }
  }

  /** Only what a client sends itself is sent again. */
  #retryOf(origin: CallOrigin, decision: number): number | null {
    if (this.#attempts === undefined || origin.hop > 0) return null
    return this.#attempts.retryOf(origin.trace, origin.attempt, decision)
  }

  #integrate(log: ServiceLog, nowMs: number): void {
    log.areaMs += log.inSystem * (nowMs - log.areaToMs)
    log.areaToMs = nowMs
  }

  #follow(pending: PendingDecision, log: ServiceLog, state: StateBytes, nowMs: number): void {
    state.users++
    pending.next = state
    pending.dtMs = quantize(nowMs - pending.atMs)
    pending.throughputMs = log.areaMs - pending.areaAtMs
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
