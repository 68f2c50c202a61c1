/**
 * Smooth weighted round robin, as nginx does it by default (ngx_http_upstream_round_robin.c at 3f6f782).
 *
 * The step is in `smooth-weights.ts`. An instance that has failed `maxFails` times is left out for
 * `failTimeoutSeconds`; then one request tries it, and its success makes the failures forgotten. Every failure also
 * lowers the effective weight by weight / maxFails, in whole numbers, at least to 0. maxFails 0 forgives everything.
 * Ties: the lowest index. Deterministic, so the propensity of the choice is 1.
 *
 * Two departures. What counts as a failure is what counts for the router (no answer, 5xx, 429); nginx counts no
 * status unless `proxy_next_upstream` names it. And where all are left out, their failures are forgotten and the
 * request is sent on, where nginx answers 502.
 */
import type { Random } from '../../core/index.ts'
import { SmoothWeights } from '../choosing/smooth-weights.ts'
import { PerInstance } from '../per-instance.ts'
import type { Observation, Policy, PolicyOutcome } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

export const smoothWeightedRoundRobin: PolicyDeclaration = {
  name: 'smooth-weighted-round-robin',
  summary: 'in turn by weight, evenly mixed; one that fails is left out for a while (nginx)',
  parameters: [
    {
      name: 'maxFails',
      default: 1,
      min: 0,
      max: 1000,
      whole: true,
      summary: 'failures that take an instance out; 0 is never',
    },
    { name: 'failTimeoutSeconds', default: 10, min: 0, max: 3600, summary: 'how long it is then left out' },
  ],
  wraps: 0,
  create: (id, { maxFails, failTimeoutSeconds }) =>
    new SmoothWeightedRoundRobin(id, maxFails!, failTimeoutSeconds! * 1000),
}

class SmoothWeightedRoundRobin implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #maxFails: number
  readonly #failTimeoutMs: number
  readonly #weights = new SmoothWeights()
  readonly #failures = new PerInstance(() => new Failures())
  #candidates = new Uint8Array(0)

  constructor(id: string, maxFails: number, failTimeoutMs: number) {
    this.id = id
    this.#maxFails = maxFails
    this.#failTimeoutMs = failTimeoutMs
  }

  choose(observation: Observation, _random: Random, propensities: Float64Array): number {
    const { count, eligible, instances, nowMs } = observation
    if (this.#candidates.length < count) this.#candidates = new Uint8Array(2 * count)
    const candidates = this.#candidates
    let left = 0
    for (let i = 0; i < count; i++) {
      candidates[i] = eligible[i] === 1 && !this.#isOut(i, nowMs) ? 1 : 0
      left += candidates[i]!
    }
    if (left === 0) this.#forgive(eligible, count)
    const chosen = this.#weights.step(instances, candidates, count)
    const failures = this.#failures.of(chosen)
    if (nowMs - failures.checkedMs > this.#failTimeoutMs) failures.checkedMs = nowMs
    propensities.fill(0, 0, count)
    propensities[chosen] = 1
    return chosen
  }

  onOutcome({ instance, failed, nowMs }: PolicyOutcome): void {
    const failures = this.#failures.of(instance)
    if (failed) {
      failures.count++
      failures.lastMs = nowMs
      failures.checkedMs = nowMs
      if (this.#maxFails > 0) this.#weights.onFailure(instance, this.#maxFails)
    } else if (failures.lastMs < failures.checkedMs) {
      failures.count = 0
    }
  }

  #isOut(instance: number, nowMs: number): boolean {
    const { count, checkedMs } = this.#failures.of(instance)
    return this.#maxFails > 0 && count >= this.#maxFails && nowMs - checkedMs <= this.#failTimeoutMs
  }

  #forgive(eligible: Uint8Array, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#candidates[i] = eligible[i]!
      if (eligible[i] === 1) this.#failures.of(i).count = 0
    }
  }
}

class Failures {
  count = 0
  lastMs = 0
  /** The last failure, or when the instance was first tried after its time out. */
  checkedMs = 0
}
