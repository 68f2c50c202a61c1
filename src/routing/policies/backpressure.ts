/**
 * Backpressure around any policy: an instance that has as many requests as its limit gets no more, and if all are
 * full the request is refused (503) rather than queued. In an overload a bounded queue is what keeps answers worth
 * waiting for: without one, retries can hold a system down long after the cause is gone.
 *
 *     limit=fixed       `cap` requests, for good
 *     limit=aimd, gradient2, vegas, envoy
 *                       adaptive, from `start` on and between `least` and `cap`: see the files of `limits/`
 *
 * The laws learn from the latency of successes; failures are drops. Defaults are Netflix', who start at 20 and stay
 * between 20 and 200; but our least is 1, since theirs is for one server with hundreds of threads and would never bind
 * an instance with a few workers. Their samples tell how many requests there were when the request began, ours when it
 * was answered. Ties: those of the wrapped policy.
 */
import type { Random } from '../../core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import { AimdLimit } from '../limits/aimd-limit.ts'
import type { ConcurrencyLimit, LimitRange } from '../limits/concurrency-limit.ts'
import { EnvoyLimit } from '../limits/envoy-limit.ts'
import { FixedLimit } from '../limits/fixed-limit.ts'
import { Gradient2Limit } from '../limits/gradient2-limit.ts'
import { VegasLimit } from '../limits/vegas-limit.ts'
import type { Observation, Policy, PolicyOutcome } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { MaskingPolicy, whenAllOut } from '../wrapping/masking-policy.ts'

const IN_FLIGHT = instanceFeature('inFlight')
/** Latencies are measured to a thousandth, and the laws divide by them. */
const LEAST_LATENCY_MS = 0.001

const LAWS: Readonly<
  Record<string, (range: LimitRange, instance: number, timeoutMs: number) => ConcurrencyLimit>
> = {
  fixed: ({ most }) => new FixedLimit(most),
  aimd: (range, _instance, timeoutMs) => new AimdLimit(range, timeoutMs),
  gradient2: (range) => new Gradient2Limit(range),
  vegas: (range, instance) => new VegasLimit(range, instance),
  envoy: (range, instance) => new EnvoyLimit(range, instance),
}

const ADAPTIVE = { choice: 'limit', words: Object.keys(LAWS).filter((law) => law !== 'fixed') }

export const backpressure: PolicyDeclaration = {
  name: 'backpressure',
  summary: 'no more requests for an instance that is at its limit; sheds when all are',
  parameters: [
    {
      name: 'limit',
      default: 'gradient2',
      choices: Object.keys(LAWS),
      summary: 'how the limit of each instance is found',
    },
    { name: 'cap', default: 200, min: 1, max: 1e6, whole: true, summary: 'most requests per instance' },
    {
      name: 'start',
      default: 20,
      min: 1,
      max: 1e6,
      whole: true,
      onlyWith: ADAPTIVE,
      summary: 'where an adaptive limit starts, if the cap lets it',
    },
    {
      name: 'least',
      default: 1,
      min: 1,
      max: 1e6,
      whole: true,
      onlyWith: ADAPTIVE,
      summary: 'what an adaptive limit never falls below',
    },
    {
      name: 'timeoutMs',
      default: 5000,
      min: 1,
      max: 1e6,
      onlyWith: { choice: 'limit', words: ['aimd'] },
      summary: 'aimd: who takes longer was dropped; take what clients wait for',
    },
    whenAllOut('shed'),
  ],
  wraps: 1,
  problem: ({ least, cap }) =>
    least! > cap! ? `expected least to be at most cap, got ${least} and ${cap}` : undefined,
  create: (id, { cap, start, least, timeoutMs }, [inner], { limit, allOut }) => {
    const range = { start: start!, least: least!, most: cap! }
    return new Backpressure(id, inner!, allOut!, (instance) => LAWS[limit!]!(range, instance, timeoutMs!))
  },
}

class Backpressure extends MaskingPolicy {
  readonly #makeLimit: (instance: number) => ConcurrencyLimit
  readonly #limits: ConcurrencyLimit[] = []
  /** Requests of each instance: as seen at the last decision, and counted on from there. */
  readonly #inFlight: number[] = []

  constructor(id: string, inner: Policy, allOut: string, makeLimit: (instance: number) => ConcurrencyLimit) {
    super(id, '1', inner, allOut)
    this.#makeLimit = makeLimit
  }

  override choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, instances } = observation
    for (let i = 0; i < count; i++) {
      this.#inFlight[i] = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
      if (i === this.#limits.length) this.#limits.push(this.#makeLimit(i))
    }
    return super.choose(observation, random, propensities)
  }

  protected keepsOut(instance: number): boolean {
    return this.#inFlight[instance]! >= Math.floor(this.#limits[instance]!.limit)
  }

  override onStart(instance: number, nowMs: number): void {
    if (instance < this.#limits.length) this.#inFlight[instance]! += 1
    this.inner.onStart?.(instance, nowMs)
  }

  override onOutcome(outcome: PolicyOutcome): void {
    const { instance, latencyMs, failed, nowMs } = outcome
    const limit = this.#limits[instance]
    // An answer to somebody who decided before us: we have not seen its instance yet.
    if (limit !== undefined) {
      const inFlight = this.#inFlight[instance]!
      if (failed) limit.onDrop(inFlight, nowMs)
      else limit.onSuccess(Math.max(latencyMs, LEAST_LATENCY_MS), inFlight, nowMs)
      this.#inFlight[instance] = inFlight - 1
    }
    this.inner.onOutcome?.(outcome)
  }
}
