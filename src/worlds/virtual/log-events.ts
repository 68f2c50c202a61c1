/**
 * What a world tells a decision log, as numbers: written into a batch in one thread, replayed into a log in another.
 *
 * An event is its kind, a fixed head, and for a state: context, rows, eligibility. A row of numbers copied is some
 * thirty times cheaper than the same row as JSON, which is why the world writes the one and leaves the other to
 * somebody else. Policies stand there as numbers: who they are is told apart, before their first decision.
 */
import type { FailureKind } from '../../core/index.ts'
import type { CallOrigin, Decider, DecisionLog, Outcome } from '../../experience/index.ts'
import { CONTEXT_WIDTH, emptyObservation, INSTANCE_WIDTH, type Observation } from '../../routing/index.ts'
import { TracedOrigin } from '../trace-id.ts'
import { DeciderCopy, type DeciderDescription, writeDecider } from './decider-copy.ts'

const DECISION = 0
const OUTCOME = 1
const CLOSE = 2
/** Failures by number. */
const FAILURES: readonly (FailureKind | null)[] = [null, 'connect', 'reset', 'timeout', 'framing', 'aborted']

const DECISION_HEAD = 12
/** Stands for whatever is not known: a policy, or a decision that this one repeats. */
const NONE = -1

/** The most numbers that one event takes, for a service of `instances`. */
export function eventSize(instances: number, strategies: number): number {
  return DECISION_HEAD + 8 + CONTEXT_WIDTH + instances * (INSTANCE_WIDTH + 3) + strategies
}

/** Each writes one event at `at` and returns the place behind it. */
export function writeDecision(
  batch: Float64Array,
  at: number,
  service: number,
  observation: Observation,
  action: number,
  propensities: Float64Array | undefined,
  route: number,
  origin: TracedOrigin,
  decider: Decider | undefined,
  deciderNumber: number,
  retryOf: number | undefined,
): number {
  batch[at] = DECISION
  batch[at + 1] = service
  batch[at + 2] = action
  batch[at + 3] = route
  batch[at + 4] = origin.key
  batch[at + 5] = origin.hop
  batch[at + 6] = origin.phase
  batch[at + 7] = origin.profile
  batch[at + 8] = origin.attempt
  batch[at + 9] = deciderNumber
  batch[at + 10] = retryOf ?? NONE
  batch[at + 11] = origin.foreign ? 1 : 0
  const { count } = observation
  const end = writeState(batch, at + DECISION_HEAD, observation)
  for (let i = 0; i < count; i++) batch[end + i] = propensities === undefined ? Number.NaN : propensities[i]!
  return writeDecider(batch, end + count, decider, count)
}

export function writeOutcome(
  batch: Float64Array,
  at: number,
  decision: number,
  { status, latencyMs, queueMs, workMs, failure, failed }: Outcome,
  nowMs: number,
): number {
  batch[at] = OUTCOME
  batch[at + 1] = decision
  batch[at + 2] = nowMs
  batch[at + 3] = status
  batch[at + 4] = latencyMs
  batch[at + 5] = queueMs
  batch[at + 6] = workMs
  batch[at + 7] = failed ? 1 : 0
  batch[at + 8] = FAILURES.indexOf(failure)
  return at + 9
}

/** The end of the run; the states of all services follow, each by `writeState`. */
export function writeClose(batch: Float64Array, at: number, nowMs: number): number {
  batch[at] = CLOSE
  batch[at + 1] = nowMs
  return at + 2
}

export function writeState(batch: Float64Array, at: number, observation: Observation): number {
  const { nowMs, count, context, instances, eligible } = observation
  batch[at] = nowMs
  batch[at + 1] = count
  let end = at + 2
  for (let i = 0; i < CONTEXT_WIDTH; i++) batch[end++] = context[i]!
  for (let i = 0; i < count * INSTANCE_WIDTH; i++) batch[end++] = instances[i]!
  for (let i = 0; i < count; i++) batch[end++] = eligible[i]!
  return end
}

/** Tells a log what the batches of a run say, in the order in which they were written. */
export class EventReplay<Token> {
  readonly #log: DecisionLog<Token>
  readonly #observations: readonly Observation[]
  readonly #propensities: Float64Array
  /** By number. */
  readonly #deciders: DeciderCopy[] = []
  /** Tokens of the decisions without an outcome yet. */
  readonly #tokens = new Map<number, Token>()
  #decisions = 0
  #at = 0

  /** @param instances number of instances by service */
  constructor(log: DecisionLog<Token>, services: readonly string[], instances: readonly number[]) {
    this.#log = log
    this.#observations = services.map((service, i) => emptyObservation(service, instances[i]!))
    this.#propensities = new Float64Array(Math.max(...instances))
  }

  /** The next policy, in the order of their numbers. */
  addDecider(description: DeciderDescription): void {
    this.#deciders.push(new DeciderCopy(description))
  }

  /** @param length numbers of the batch that count */
  replay(batch: Float64Array, length: number): void {
    this.#at = 0
    while (this.#at < length) {
      const kind = batch[this.#at]!
      if (kind === DECISION) this.#decision(batch)
      else if (kind === OUTCOME) this.#outcome(batch)
      else this.#close(batch)
    }
  }

  #decision(batch: Float64Array): void {
    const at = this.#at
    const service = batch[at + 1]!
    const origin: CallOrigin = new TracedOrigin(
      batch[at + 4]!,
      batch[at + 5]!,
      batch[at + 6]!,
      batch[at + 7]!,
      batch[at + 8]!,
      undefined,
      batch[at + 11] === 1,
    )
    this.#at = at + DECISION_HEAD
    const observation = this.#state(batch, service)
    const { count } = observation
    for (let i = 0; i < count; i++) this.#propensities[i] = batch[this.#at++]!
    const decider = this.#deciders[batch[at + 9]!]
    if (decider !== undefined) this.#at = decider.read(batch, this.#at, count)
    const retryOf = batch[at + 10]!
    const token = this.#log.onDecision(
      service,
      observation,
      batch[at + 2]!,
      Number.isNaN(this.#propensities[0]!) ? undefined : this.#propensities,
      batch[at + 3]!,
      origin,
      decider,
      retryOf === NONE ? undefined : retryOf,
    )
    this.#tokens.set(this.#decisions++, token)
  }

  #outcome(batch: Float64Array): void {
    const at = this.#at
    const decision = batch[at + 1]!
    const token = this.#tokens.get(decision)!
    this.#tokens.delete(decision)
    const outcome = {
      status: batch[at + 3]!,
      latencyMs: batch[at + 4]!,
      queueMs: batch[at + 5]!,
      workMs: batch[at + 6]!,
      failure: FAILURES[batch[at + 8]!]!,
      failed: batch[at + 7] === 1,
    }
    this.#log.onOutcome(token, outcome, batch[at + 2]!)
    this.#at = at + 9
  }

  #close(batch: Float64Array): void {
    const nowMs = batch[this.#at + 1]!
    this.#at += 2
    for (let service = 0; service < this.#observations.length; service++) this.#state(batch, service)
    this.#log.close(nowMs, (service) => this.#observations[service]!)
  }

  #state(batch: Float64Array, service: number): Observation {
    const observation = this.#observations[service]!
    const { context, instances, eligible } = observation
    observation.nowMs = batch[this.#at]!
    observation.count = batch[this.#at + 1]!
    let at = this.#at + 2
    for (let i = 0; i < CONTEXT_WIDTH; i++) context[i] = batch[at++]!
    for (let i = 0; i < observation.count * INSTANCE_WIDTH; i++) instances[i] = batch[at++]!
    for (let i = 0; i < observation.count; i++) eligible[i] = batch[at++]!
    this.#at = at
    return observation
  }
}
