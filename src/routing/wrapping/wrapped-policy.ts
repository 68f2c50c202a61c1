/**
 * A policy around another one: it is what the inner one is, and hands on everything that it is told.
 *
 * A wrapper overrides what it changes. What the inner policy does not need is not there: the router and the worlds
 * ask for `breakerOpen` and `probes`, and spare themselves the work of a policy that has none.
 */
import type { Random } from '../../core/index.ts'
import type {
  InstanceReport,
  Observation,
  Policy,
  PolicyOutcome,
  ProbeReport,
  ShadowDecision,
  StrategyDecision,
} from '../policy.ts'

export class WrappedPolicy implements Policy {
  readonly id: string
  readonly version: string
  readonly needsTruth?: boolean
  readonly checksHealth?: boolean
  readonly hedgeAfterMs?: number
  readonly strategy?: StrategyDecision
  readonly shadow?: ShadowDecision
  protected readonly inner: Policy

  /** @param rule version of the wrapper's own rule; the whole has it and that of the inner policy */
  constructor(id: string, rule: string, inner: Policy) {
    this.id = id
    this.version = `${rule}/${inner.version}`
    this.inner = inner
    if (inner.needsTruth !== undefined) this.needsTruth = inner.needsTruth
    if (inner.checksHealth !== undefined) this.checksHealth = inner.checksHealth
    if (inner.hedgeAfterMs !== undefined) this.hedgeAfterMs = inner.hedgeAfterMs
    if (inner.strategy !== undefined) this.strategy = inner.strategy
    if (inner.shadow !== undefined) this.shadow = inner.shadow
    this.#handOn(inner)
  }

  get fallbacks(): number | undefined {
    return this.inner.fallbacks
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    return this.inner.choose(observation, random, propensities)
  }

  onStart?(instance: number, nowMs: number): void
  onOutcome?(outcome: PolicyOutcome): void
  onReport?(instance: number, report: InstanceReport, nowMs: number): void
  breakerOpen?(instance: number, nowMs: number): boolean
  probes?(observation: Observation, random: Random, targets: Int32Array): number
  onProbe?(report: ProbeReport): void

  /** What the wrapper overrides stands on its prototype already, and hands on by itself: `this.inner.onX?.(...)`. */
  #handOn(inner: Policy): void {
    if (inner.onStart !== undefined) this.onStart ??= (instance, nowMs) => inner.onStart!(instance, nowMs)
    if (inner.onOutcome !== undefined) this.onOutcome ??= (outcome) => inner.onOutcome!(outcome)
    if (inner.onReport !== undefined) {
      this.onReport ??= (instance, report, nowMs) => inner.onReport!(instance, report, nowMs)
    }
    if (inner.breakerOpen !== undefined) {
      this.breakerOpen ??= (instance, nowMs) => inner.breakerOpen!(instance, nowMs)
    }
    if (inner.probes !== undefined) {
      this.probes ??= (observation, random, targets) => inner.probes!(observation, random, targets)
    }
    if (inner.onProbe !== undefined) this.onProbe ??= (report) => inner.onProbe!(report)
  }
}
