/**
 * Health checks that count, around any policy, in HAProxy's words: an instance is out after `fall` bad reports in a row,
 * and back after `rise` good ones. Without it, a single report decides.
 *
 * As HAProxy's servers (checks.c), a new instance is up and falls at the first bad report: nothing good has been heard
 * of it yet. Defaults rise 2, fall 3. With `errorLimit`, traffic is looked at too: so many failures in a row are one bad
 * report (HAProxy's `observe layer7` with `on-error fail-check`, whose limit is 10 once it is on). How often instances
 * report is the balancer's. Nobody left: shed, as HAProxy does.
 */

import { PerInstance } from '../per-instance.ts'
import type { InstanceReport, Policy, PolicyOutcome } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { MaskingPolicy, whenAllOut } from '../wrapping/masking-policy.ts'

export const healthChecks: PolicyDeclaration = {
  name: 'health-checks',
  summary: 'an instance is out after some bad reports in a row, and back after some good ones',
  parameters: [
    {
      name: 'rise',
      default: 2,
      min: 1,
      max: 1000,
      whole: true,
      summary: 'good reports in a row that bring it back',
    },
    {
      name: 'fall',
      default: 3,
      min: 1,
      max: 1000,
      whole: true,
      summary: 'bad reports in a row that take it out',
    },
    {
      name: 'errorLimit',
      default: 0,
      min: 0,
      max: 1e6,
      whole: true,
      summary: 'failed requests in a row that are one bad report; 0: only reports count',
    },
    whenAllOut('shed'),
  ],
  wraps: 1,
  create: (id, { rise, fall, errorLimit }, [inner], { allOut }) =>
    new HealthChecks(id, { rise: rise!, fall: fall!, errorLimit: errorLimit! }, inner!, allOut!),
}

interface Limits {
  readonly rise: number
  readonly fall: number
  readonly errorLimit: number
}

/** From 0, down for sure, to rise + fall - 1, up for sure; up from `rise` on. */
class Health {
  readonly #limits: Limits
  #level: number
  #errors = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.#level = limits.rise
  }

  get up(): boolean {
    return this.#level >= this.#limits.rise
  }

  onCheck(good: boolean): void {
    const { rise, fall } = this.#limits
    this.#level += good ? 1 : -1
    if (this.#level < rise && !good) this.#level = 0
    else if (this.#level >= rise && good) this.#level = rise + fall - 1
  }

  /** Of one that is down, answers tell nothing new: it gets no requests, these are from before. */
  onOutcome(failed: boolean): void {
    if (!this.up) return
    this.#errors = failed ? this.#errors + 1 : 0
    if (this.#errors !== this.#limits.errorLimit || this.#errors === 0) return
    this.#errors = 0
    this.onCheck(false)
  }
}

class HealthChecks extends MaskingPolicy {
  override readonly checksHealth = true
  readonly #health: PerInstance<Health>
  #down = 0

  constructor(id: string, limits: Limits, inner: Policy, allOut: string) {
    super(id, '1', inner, allOut)
    this.#health = new PerInstance(() => new Health(limits))
  }

  protected override keepsAnyOut(): boolean {
    return this.#down > 0
  }

  protected keepsOut(instance: number): boolean {
    return !this.#health.of(instance).up
  }

  override breakerOpen(instance: number, nowMs: number): boolean {
    return (this.#down > 0 && this.keepsOut(instance)) || this.inner.breakerOpen?.(instance, nowMs) === true
  }

  override onOutcome(outcome: PolicyOutcome): void {
    const health = this.#health.of(outcome.instance)
    const wasUp = health.up
    health.onOutcome(outcome.failed)
    this.#down += Number(wasUp) - Number(health.up)
    this.inner.onOutcome?.(outcome)
  }

  override onReport(instance: number, report: InstanceReport, nowMs: number): void {
    const health = this.#health.of(instance)
    const wasUp = health.up
    health.onCheck(report.healthy)
    this.#down += Number(wasUp) - Number(health.up)
    this.inner.onReport?.(instance, report, nowMs)
  }
}
