/**
 * Slow start, around any policy: an instance that is new or comes back gets its traffic little by little (Envoy,
 * slow_start.rst; HAProxy's `slowstart`). Its weight grows with the time t that it has been in:
 *
 *     factor = max(minPercent / 100, (max(t, 1 s) / window)^(1 / aggression)),   1 when t >= window
 *     share  = weight x factor / sum of these over the instances that may be chosen
 *
 * Every decision credits it with its share, and being chosen costs 1. It may be chosen while it has that 1: so it gets
 * that share at most, whatever the wrapped policy would give it, the choice is still the wrapped policy's, and its
 * propensities are exact. Whoever is furthest in may always be chosen, so somebody always may.
 *
 * Those that are there at the first decision have nobody to be behind. Being kept out counts as gone when it lasts a
 * second: a retry that passes over the instance it has tried keeps it out for one decision only. What the wrapped
 * policies keep out, by breaker, ejection or health checks, is gone as well. Credit is saved up to 4. Defaults: 30 s; 1
 * and 10 % are Envoy's.
 */
import type { Random } from '../../core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import { PerInstance } from '../per-instance.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { MaskedObservation } from '../wrapping/masked-observation.ts'
import { WrappedPolicy } from '../wrapping/wrapped-policy.ts'

const WEIGHT = instanceFeature('weight')
const FIRST_MS = 1000
const GONE_AFTER_MS = 1000
const MOST_CREDIT = 4

export const slowStart: PolicyDeclaration = {
  name: 'slow-start',
  summary: 'instances that are new or come back get their traffic little by little',
  parameters: [
    { name: 'windowSeconds', default: 30, min: 0.001, max: 86_400, summary: 'how long it takes' },
    { name: 'aggression', default: 1, min: 0.001, max: 1000, summary: 'above 1 it gets more of it early' },
    { name: 'minPercent', default: 10, min: 0.1, max: 100, summary: 'of its weight, to begin with' },
  ],
  wraps: 1,
  create: (id, { windowSeconds, aggression, minPercent }, [inner]) =>
    new SlowStart(
      id,
      { windowMs: windowSeconds! * 1000, aggression: aggression!, least: minPercent! / 100 },
      inner!,
    ),
}

interface Ramp {
  readonly windowMs: number
  readonly aggression: number
  readonly least: number
}

class Presence {
  /** When it came in. */
  sinceMs = Number.NEGATIVE_INFINITY
  /** Since when it has been kept out; NaN if it is in. */
  #outSinceMs = Number.NaN
  #gone = false
  credit = 0

  get isIn(): boolean {
    return Number.isNaN(this.#outSinceMs)
  }

  note(present: boolean, nowMs: number): void {
    if (!present) {
      if (Number.isNaN(this.#outSinceMs)) this.#outSinceMs = nowMs
      this.#gone = nowMs - this.#outSinceMs >= GONE_AFTER_MS
      return
    }
    if (this.#gone) this.comeIn(nowMs)
    this.#outSinceMs = Number.NaN
  }

  comeIn(nowMs: number): void {
    this.sinceMs = nowMs
    this.#gone = false
    this.credit = 0
  }
}

class SlowStart extends WrappedPolicy {
  readonly #ramp: Ramp
  readonly #presences = new PerInstance(() => new Presence())
  readonly #seen = new MaskedObservation()
  #factors = new Float64Array(0)
  #highest = 0
  /** Instances at the last decision. */
  #count = 0

  constructor(id: string, ramp: Ramp, inner: Policy) {
    super(id, '1', inner)
    this.#ramp = ramp
  }

  override choose(observation: Observation, random: Random, propensities: Float64Array): number {
    this.#notePresence(observation)
    // The common case: nobody is behind anybody.
    if (!this.#measure(observation)) return this.inner.choose(observation, random, propensities)
    this.#keepBack(observation)
    const chosen = this.inner.choose(this.#seen, random, propensities)
    if (chosen === -1) return -1
    const presence = this.#presences.of(chosen)
    presence.credit = Math.max(0, presence.credit - 1)
    return chosen
  }

  #notePresence({ count, nowMs, eligible }: Observation): void {
    const known = this.#count
    this.#count = count
    for (let i = 0; i < count; i++) {
      const presence = this.#presences.of(i)
      if (known > 0 && i >= known) presence.comeIn(nowMs)
      presence.note(eligible[i] === 1 && this.inner.breakerOpen?.(i, nowMs) !== true, nowMs)
    }
  }

  /** Writes the factors, NaN for who is out. Returns whether they differ. */
  #measure({ count, nowMs, eligible }: Observation): boolean {
    if (this.#factors.length < count) this.#factors = new Float64Array(count)
    let lowest = Number.POSITIVE_INFINITY
    this.#highest = 0
    for (let i = 0; i < count; i++) {
      const presence = this.#presences.of(i)
      const factor =
        eligible[i] === 1 && presence.isIn ? factorAfter(nowMs - presence.sinceMs, this.#ramp) : Number.NaN
      this.#factors[i] = factor
      if (factor < lowest) lowest = factor
      if (factor > this.#highest) this.#highest = factor
    }
    return lowest < this.#highest
  }

  /** Credits those behind, and keeps out who has not enough. */
  #keepBack(observation: Observation): void {
    const { count, instances } = observation
    const factors = this.#factors
    let total = 0
    for (let i = 0; i < count; i++) {
      if (!Number.isNaN(factors[i]!)) total += factors[i]! * weightOf(instances, i)
    }
    this.#seen.lookAt(observation)
    for (let i = 0; i < count; i++) {
      if (!(factors[i]! < this.#highest)) continue
      const presence = this.#presences.of(i)
      const share = (factors[i]! * weightOf(instances, i)) / total
      presence.credit = Math.min(presence.credit + share, MOST_CREDIT)
      if (presence.credit < 1) this.#seen.keepOut(i)
    }
  }
}

function factorAfter(ms: number, { windowMs, aggression, least }: Ramp): number {
  if (ms >= windowMs) return 1
  return Math.min(1, Math.max(least, (Math.max(ms, FIRST_MS) / windowMs) ** (1 / aggression)))
}

/** 1 where it is not known. */
function weightOf(instances: Float64Array, instance: number): number {
  const weight = instances[instance * INSTANCE_WIDTH + WEIGHT]!
  return Number.isNaN(weight) ? 1 : weight
}
