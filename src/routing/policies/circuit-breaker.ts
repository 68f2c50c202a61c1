/**
 * A circuit breaker before each instance, around any policy: see `breakers/breaker.ts` for what it does, and
 * `breakers/trip-rule.ts` for when it opens.
 *
 * Rules that follow load or latency sink into an instance that fails fast, since it looks idle and quick; this is what
 * they need beside them. Defaults: 5 failures in a row (Envoy, Finagle), or half of at least 20 in 10 s; open for 5 s,
 * then one trial (all Hystrix); a call of more than 60 s is as bad as a failure (resilience4j's slow calls, which it
 * counts apart). By `growth=linear, openSeconds=30` it stays out as under Envoy. `maxOpenShare` bounds how many may be
 * out at once, but one may always.
 *
 * A half-open instance gets its trial when the wrapped policy chooses it. Ties: those of the wrapped policy.
 */
import { Breaker } from '../breakers/breaker.ts'
import { ConsecutiveFailures, FailureRate, type TripRule } from '../breakers/trip-rule.ts'
import { PerInstance } from '../per-instance.ts'
import type { Policy, PolicyOutcome } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { MaskingPolicy, whenAllOut } from '../wrapping/masking-policy.ts'

const HOUR_S = 3600

export const circuitBreaker: PolicyDeclaration = {
  name: 'circuit-breaker',
  summary: 'keeps out instances that fail, and tries them again after a while',
  parameters: [
    {
      name: 'mode',
      default: 'consecutive',
      choices: ['consecutive', 'rate'],
      summary: 'what opens it: failures in a row, or their share of the last answers',
    },
    {
      name: 'failures',
      default: 5,
      min: 1,
      max: 1e6,
      whole: true,
      onlyWith: { choice: 'mode', words: ['consecutive'] },
      summary: 'consecutive: so many in a row open it',
    },
    {
      name: 'failureShare',
      default: 0.5,
      min: 0.001,
      max: 1,
      onlyWith: { choice: 'mode', words: ['rate'] },
      summary: 'rate: such a share of failures opens it',
    },
    {
      name: 'windowSeconds',
      default: 10,
      min: 1,
      max: HOUR_S,
      whole: true,
      onlyWith: { choice: 'mode', words: ['rate'] },
      summary: 'rate: seconds that it looks back',
    },
    {
      name: 'minRequests',
      default: 20,
      min: 1,
      max: 1e6,
      whole: true,
      onlyWith: { choice: 'mode', words: ['rate'] },
      summary: 'rate: fewer answers than these open nothing',
    },
    { name: 'slowCallMs', default: 60_000, min: 0, max: 1e9, summary: 'who takes longer has failed' },
    {
      name: 'openSeconds',
      default: 5,
      min: 0.001,
      max: HOUR_S,
      summary: 'how long it keeps an instance out',
    },
    {
      name: 'growth',
      default: 'none',
      choices: ['none', 'linear', 'doubling'],
      summary: 'how much longer, each time that a trial fails',
    },
    {
      name: 'maxOpenSeconds',
      default: 300,
      min: 0.001,
      max: 24 * HOUR_S,
      summary: 'and no longer than this',
    },
    {
      name: 'trials',
      default: 1,
      min: 1,
      max: 1000,
      whole: true,
      summary: 'successes that close it, tried at once',
    },
    {
      name: 'maxOpenShare',
      default: 1,
      min: 0,
      max: 1,
      summary: 'share of the instances that may be out, or one',
    },
    whenAllOut('fail-open'),
  ],
  wraps: 1,
  create: (id, numbers, [inner], choices) => new CircuitBreaker(id, numbers, inner!, choices),
}

class CircuitBreaker extends MaskingPolicy {
  readonly #slowCallMs: number
  readonly #maxOpenShare: number
  readonly #breakers: PerInstance<Breaker>
  /** Breakers that are open or half-open. */
  #tripped = 0

  constructor(
    id: string,
    numbers: Readonly<Record<string, number>>,
    inner: Policy,
    choices: Readonly<Record<string, string>>,
  ) {
    super(id, '1', inner, choices.allOut!)
    this.#slowCallMs = numbers.slowCallMs!
    this.#maxOpenShare = numbers.maxOpenShare!
    const settings = {
      openMs: numbers.openSeconds! * 1000,
      growth: choices.growth!,
      maxOpenMs: numbers.maxOpenSeconds! * 1000,
      trials: numbers.trials!,
    }
    this.#breakers = new PerInstance(() => new Breaker(tripRule(choices.mode!, numbers), settings))
  }

  protected override keepsAnyOut(): boolean {
    return this.#tripped > 0
  }

  protected keepsOut(instance: number, nowMs: number): boolean {
    return this.#breakers.of(instance).keepsOut(nowMs)
  }

  override breakerOpen(instance: number, nowMs: number): boolean {
    return (
      (this.#tripped > 0 && this.keepsOut(instance, nowMs)) ||
      this.inner.breakerOpen?.(instance, nowMs) === true
    )
  }

  override onStart(instance: number, nowMs: number): void {
    this.#breakers.of(instance).onStart(nowMs)
    this.inner.onStart?.(instance, nowMs)
  }

  override onOutcome(outcome: PolicyOutcome): void {
    const { instance, nowMs, latencyMs, failed } = outcome
    const breaker = this.#breakers.of(instance)
    const wasTripped = breaker.tripped
    const trips = breaker.onOutcome(nowMs, latencyMs, failed || latencyMs > this.#slowCallMs)
    if (trips && this.#mayOpenAnother()) breaker.open(nowMs)
    this.#tripped += Number(breaker.tripped) - Number(wasTripped)
    this.inner.onOutcome?.(outcome)
  }

  #mayOpenAnother(): boolean {
    const instances = Math.max(this.count, this.#breakers.all.length)
    return this.#tripped < Math.max(1, Math.floor(this.#maxOpenShare * instances))
  }
}

function tripRule(mode: string, numbers: Readonly<Record<string, number>>): TripRule {
  if (mode === 'consecutive') return new ConsecutiveFailures(numbers.failures!)
  return new FailureRate({
    windowSeconds: numbers.windowSeconds!,
    minRequests: numbers.minRequests!,
    failureShare: numbers.failureShare!,
  })
}
