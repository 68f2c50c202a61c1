/** The contract of a routing policy, and of what it sees. */
import type { Random } from '../core/index.ts'

/**
 * The state of one service at one decision. One object per service is reused for all decisions: copy what you
 * want to keep. Arrays may be longer than `count` says, and grow when an instance is added.
 */
export interface Observation {
  readonly service: string
  nowMs: number
  /** Number of candidate instances. */
  count: number
  /** Shape [CONTEXT_WIDTH], see `features.ts`. */
  readonly context: Float64Array
  /** Shape [count x INSTANCE_WIDTH], row-major. */
  instances: Float64Array
  /** Shape [count]: 1 if the instance may be chosen. At least one is 1. */
  eligible: Uint8Array
  /** What requests of one kind share, for rules that keep them together: the path, unless configured otherwise. */
  affinity: string
  /** What no balancer can see; there only for policies that say `needsTruth`, in the virtual world. */
  truth: Truth | undefined
}

/** The state of the instances themselves, for oracles. */
export interface Truth {
  /** Work of the request to be routed, in ms at speed 1. */
  workMs: number
  /** Shape [count]: present speed; 1 is nominal, 0 stands still. */
  readonly speeds: Float64Array
  /** Shape [count]: jobs that the instance works on at the same time. */
  readonly workers: Float64Array
  /** Shape [count]: work of its jobs that is not done yet, in ms at speed 1. */
  readonly workLeftMs: Float64Array
  /**
   * Shape [count]: by how much longer all requests there would take together, its own time included, if this one came
   * and no other after it. Infinity where nothing moves.
   */
  readonly addedMs: Float64Array
}

/**
 * What became of a decision, told to the policy that made it. One object is reused for all answers: copy what you
 * want to keep.
 */
export interface PolicyOutcome {
  readonly instance: number
  readonly nowMs: number
  readonly latencyMs: number
  readonly failed: boolean
  /** As the instance told with its answer: jobs that waited there then, its own waiting and work. NaN if it did not. */
  readonly queueDepth: number
  readonly queueMs: number
  readonly workMs: number
}

/** What an instance answers to a probe. One object is reused for all of them. */
export interface ProbeReport {
  readonly instance: number
  readonly nowMs: number
  /** Requests that the instance has. */
  readonly inFlight: number
  /** Median latency of its recent requests that arrived at about that many; NaN if there are none. */
  readonly latencyMs: number
}

/** What an instance says of itself when it is asked. NaN where it does not know. */
export interface InstanceReport {
  readonly healthy: boolean
  /** Share of the workers that were busy since the report before. */
  readonly cpu: number
  /** Share of memory in use. */
  readonly memory: number
  readonly queueDepth: number
}

/** Which of its strategies a policy that has several went by. Reused for all decisions. */
export interface StrategyDecision {
  readonly names: readonly string[]
  readonly index: number
  /** Shape [names]: sums to 1. */
  readonly propensities: Float64Array
}

/** What a policy that is not obeyed would have chosen. Reused for all decisions. */
export interface ShadowDecision {
  readonly policy: { readonly id: string; readonly version: string }
  /** -1 if it would have shed the request. */
  readonly index: number
  /** Shape [count]. */
  readonly propensities: Float64Array
}

/**
 * A routing policy for one service. It reads no clock, draws only from the `random` it is handed, and does no I/O.
 *
 * A policy that wraps others hands on everything that it is told, and is whatever the wrapped ones are.
 */
export interface Policy {
  /** Canonical text, e.g. `epsilon-greedy(power-of-two-choices, epsilon=0.2)`. */
  readonly id: string
  /** Changes when the rule changes: of a built-in its rule version, of a model its hash. */
  readonly version: string
  /** An oracle: it reads `observation.truth`, which only the virtual world has. */
  readonly needsTruth?: boolean
  /** It judges health by itself: instances that say they are unhealthy stay eligible. */
  readonly checksHealth?: boolean
  /** A safe request without an answer after so long is sent to another instance too; the first answer counts. */
  readonly hedgeAfterMs?: number
  /** How many decisions it left to a simpler rule so far, because what its own goes by was not known. */
  readonly fallbacks?: number | undefined
  /** Of the last decision. */
  readonly strategy?: StrategyDecision
  /** Of the last decision. */
  readonly shadow?: ShadowDecision
  /**
   * Chooses an instance.
   *
   * @param propensities shape [count], overwritten: the probability with which this policy, in its present inner
   *   state, chooses each instance. Ineligible instances get 0; the sum is 1, or 0 if it sheds the request.
   * @returns the index of the chosen instance, drawn from just that distribution; -1 sheds the request
   */
  choose(observation: Observation, random: Random, propensities: Float64Array): number
  /** A request was sent to `instance`: after `choose`, and for retries and hedges without it. */
  onStart?(instance: number, nowMs: number): void
  /** Learns from an answer. */
  onOutcome?(outcome: PolicyOutcome): void
  /** An instance was asked about itself. */
  onReport?(instance: number, report: InstanceReport, nowMs: number): void
  /** Whether a circuit breaker, an ejection or health checks in a row keep the instance out just now. */
  breakerOpen?(instance: number, nowMs: number): boolean
  /**
   * Asked after every decision: which instances are to be probed. The answers come by `onProbe`, if they do.
   *
   * @param targets shape [count or more], overwritten
   * @returns how many of `targets` count
   */
  probes?(observation: Observation, random: Random, targets: Int32Array): number
  onProbe?(report: ProbeReport): void
}
