/** The experience log as plain objects: what `ExperienceLog` ought to write, without a thought for speed. */
import type { CallOrigin, Decider, ExperienceLogOptions, Outcome } from '../../src/experience/index.ts'
import type {
  ExperienceRecord,
  RecordedInstance,
  RecordedRewards,
  RecordedShadow,
  RecordedState,
} from '../../src/experience/record.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, instanceFeature, type Observation } from '../../src/routing/index.ts'

interface NaiveDecision {
  readonly service: number
  readonly atMs: number
  readonly state: RecordedState
  readonly balance: number | null
  action: number
  propensity: readonly number[] | null
  readonly estimated: boolean
  readonly retryOf: number | null
  readonly strategy: { readonly index: number; readonly name: string } | undefined
  readonly strategyPropensity: readonly number[] | undefined
  readonly shadow: (Omit<RecordedShadow, 'action'> & { readonly index: number }) | undefined
  readonly route: number
  readonly origin: CallOrigin
  readonly decider: Decider | undefined
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
    propensities: Float64Array | undefined,
    route: number,
    origin: CallOrigin,
    decider: Decider | undefined,
    retryOf?: number,
  ): NaiveDecision {
    const { strategy, shadow } = decider ?? {}
    const { count } = observation
    const decision: NaiveDecision = {
      service,
      atMs: observation.nowMs,
      state: stateOf(observation),
      balance: action === -1 ? null : jainOf(observation, action) - 1,
      action,
      propensity: propensities === undefined ? null : Array.from(propensities.slice(0, count)),
      estimated: action === -1,
      retryOf: retryOf ?? null,
      strategy: strategy && { index: strategy.index, name: strategy.names[strategy.index]! },
      strategyPropensity: strategy && Array.from(strategy.propensities),
      shadow: shadow && {
        policy: { ...shadow.policy },
        index: shadow.index,
        propensity: Array.from(shadow.propensities.slice(0, count)),
      },
      route,
      origin,
      decider,
      answer: undefined,
    }
    this.#decisions.push(decision)
    return decision
  }

  resolveAction(decision: NaiveDecision, action: number, propensities?: Float64Array): void {
    decision.action = action
    if (propensities !== undefined) decision.propensity = Array.from(propensities)
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
    const { services, instances, routes, phases, profiles, run } = this.#options
    const one = this.#decisions[id]!
    const { answer, origin, atMs, action, state, propensity } = one
    const service = services[one.service]!
    const follower = this.#decisions.find((other, i) => i > id && other.service === one.service)
    const closing = { atMs: this.#closing!.atMs, state: this.#closing!.states[one.service]! }
    const next = follower ?? closing
    const named = (index: number) => ({ index, instance: instances[service]![index]! })
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
      action: action === -1 ? null : { ...named(action), ...(one.strategy && { strategy: one.strategy }) },
      propensity,
      ...(one.strategyPropensity && { strategyPropensity: one.strategyPropensity }),
      ...(one.estimated && propensity !== null && { propensityEstimated: true }),
      policy: one.decider === undefined ? null : { id: one.decider.id, version: one.decider.version },
      ...(one.shadow && { shadow: shadowOf(one.shadow, named) }),
      outcome: answer === undefined ? null : outcomeOf(answer.outcome, one.retryOf),
      rewards,
      reward: rewards === null ? null : this.#total(rewards),
      next: { ...next.state, dtMs: next.atMs - atMs },
      done: false,
      truncated: answer === undefined || follower === undefined,
    }
  }

  #rewards({ service, atMs, balance, answer }: NaiveDecision, nextAtMs: number): RecordedRewards {
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

  #total(rewards: RecordedRewards): number {
    const { weights } = this.#options.reward
    return (Object.keys(weights) as (keyof RecordedRewards)[]).reduce(
      (sum, part) => sum + weights[part] * (rewards[part] ?? 0),
      0,
    )
  }
}

function shadowOf(
  { policy, index, propensity }: NonNullable<NaiveDecision['shadow']>,
  named: (index: number) => RecordedInstance,
): RecordedShadow {
  return { policy, action: index === -1 ? null : named(index), propensity }
}

function outcomeOf(
  { status, latencyMs, queueMs, workMs, failure }: Outcome,
  retryOf: number | null,
): ExperienceRecord['outcome'] {
  return { status, latencyMs, queueMs: known(queueMs), workMs: known(workMs), failure, retryOf }
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
