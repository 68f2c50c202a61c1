/** The experience log as plain objects: what `ExperienceLog` ought to write, without a thought for speed. */
import type { RewardParts } from '../../src/core/index.ts'
import type { CallOrigin, ExperienceLogOptions, Outcome } from '../../src/experience/index.ts'
import type { ExperienceRecord, RecordedState } from '../../src/experience/record.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, instanceFeature, type Observation } from '../../src/routing/index.ts'

interface NaiveDecision {
  readonly service: number
  readonly atMs: number
  readonly state: RecordedState
  readonly balance: number
  readonly action: number
  readonly propensity: readonly number[]
  readonly route: number
  readonly origin: CallOrigin
  answer: { readonly atMs: number; readonly outcome: Outcome } | undefined
}

export class NaiveLog {
  readonly #options: ExperienceLogOptions
  readonly #decisions: NaiveDecision[] = []
  #closing: { readonly atMs: number; readonly states: readonly RecordedState[] } | undefined

  constructor(options: ExperienceLogOptions) {
    this.#options = options
  }

  onDecision(
    service: number,
    observation: Observation,
    action: number,
    propensities: Float64Array,
    route: number,
    origin: CallOrigin,
  ): NaiveDecision {
    const decision: NaiveDecision = {
      service,
      atMs: observation.nowMs,
      state: stateOf(observation),
      balance: jainOf(observation, action) - 1,
      action,
      propensity: Array.from(propensities),
      route,
      origin,
      answer: undefined,
    }
    this.#decisions.push(decision)
    return decision
  }

  onOutcome(decision: NaiveDecision, outcome: Outcome, nowMs: number): void {
    decision.answer = { atMs: nowMs, outcome }
  }

  close(nowMs: number, observe: (service: number) => Observation): void {
    this.#closing = { atMs: nowMs, states: this.#options.services.map((_, i) => stateOf(observe(i))) }
  }

  /** All records, in the order of the decisions. */
  records(): ExperienceRecord[] {
    return this.#decisions.map((_, id) => this.#record(id))
  }

  /** Integral of the requests in `service` over time, up to the end. */
  inSystemMs(service: number): number {
    return this.#areaMs(service, 0, this.#closing!.atMs)
  }

  #record(id: number): ExperienceRecord {
    const { services, instances, routes, phases, profiles, policies, run } = this.#options
    const one = this.#decisions[id]!
    const { answer, origin, atMs, action, state, propensity } = one
    const service = services[one.service]!
    const follower = this.#decisions.find((other, i) => i > id && other.service === one.service)
    const closing = { atMs: this.#closing!.atMs, state: this.#closing!.states[one.service]! }
    const next = follower ?? closing
    const { id: policy, version } = policies[one.service]!
    const rewards = answer === undefined ? null : this.#rewards(one, next.atMs)
    return {
      v: 1,
      run,
      decision: id,
      trace: origin.trace,
      hop: origin.hop,
      t: atMs,
      phase: phases[origin.phase] ?? null,
      profile: profiles[origin.profile] ?? null,
      service,
      route: routes[one.route]!,
      state,
      action: { index: action, instance: instances[service]![action]! },
      propensity,
      policy: { id: policy, version },
      outcome: answer === undefined ? null : outcomeOf(answer.outcome),
      rewards,
      reward: rewards === null ? null : this.#total(rewards),
      next: { ...next.state, dtMs: next.atMs - atMs },
      done: false,
      truncated: answer === undefined || follower === undefined,
    }
  }

  #rewards({ service, atMs, balance, answer }: NaiveDecision, nextAtMs: number): RewardParts {
    const { latencyMs, failed } = answer!.outcome
    const { targetLatencyMs: target } = this.#options.reward
    const apdex = latencyMs <= target ? 1 : latencyMs <= 4 * target ? 0.5 : 0
    return {
      latency: -Math.min(50, latencyMs / target),
      error: failed ? -1 : 0,
      throughput: -Math.min(50, this.#areaMs(service, atMs, nextAtMs) / target),
      balance,
      satisfaction: failed ? 0 : apdex,
    }
  }

  /** What the requests of a service spent in it between two times. */
  #areaMs(service: number, fromMs: number, toMs: number): number {
    let sum = 0
    for (const one of this.#decisions) {
      const endMs = one.answer?.atMs ?? Number.POSITIVE_INFINITY
      if (one.service === service) sum += Math.max(0, Math.min(endMs, toMs) - Math.max(one.atMs, fromMs))
    }
    return sum
  }

  #total(rewards: RewardParts): number {
    const { weights } = this.#options.reward
    return (Object.keys(weights) as (keyof RewardParts)[]).reduce(
      (sum, part) => sum + weights[part] * rewards[part],
      0,
    )
  }
}

function outcomeOf({ status, latencyMs, queueMs, workMs, failure }: Outcome): ExperienceRecord['outcome'] {
  return { status, latencyMs, queueMs: known(queueMs), workMs: known(workMs), failure, retryOf: null }
}

function stateOf({ context, instances, count }: Observation): RecordedState {
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from(instances.slice(i * INSTANCE_WIDTH, (i + 1) * INSTANCE_WIDTH), known),
  )
  return { context: Array.from(context.slice(0, CONTEXT_WIDTH), known), instances: rows }
}

/** Jain's index of the loads after the decision. */
function jainOf({ count, eligible, instances }: Observation, chosen: number): number {
  const loads: number[] = []
  for (let i = 0; i < count; i++) {
    const feature = (name: 'inFlight' | 'weight') => instances[i * INSTANCE_WIDTH + instanceFeature(name)]!
    const inFlight = feature('inFlight') + (i === chosen ? 1 : 0)
    if (eligible[i] === 1) loads.push(inFlight / feature('weight'))
  }
  const sum = loads.reduce((total, load) => total + load, 0)
  return sum ** 2 / (loads.length * loads.reduce((total, load) => total + load ** 2, 0))
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
