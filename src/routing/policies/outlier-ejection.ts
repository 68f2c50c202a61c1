/**
 * Outlier ejection, around any policy: Envoy's outlier detection, and beside it a detector of slow instances. Ejected is
 *
 * - at once who fails `consecutiveFailures` requests in a row;
 * - at the end of an interval who stands out from the others by its success rate, its share of failures or its latency
 *   (`outliers/detectors.ts`): only where at least `minInstances` have `minRequests` answers each. That is a lot for a
 *   small pool: `minInstances` may be as low as 2, but `failureShare` is the detector that then finds anybody.
 *
 * For how long, see `outliers/ejection.ts`. At most `maxEjectedShare` of the instances are out at a time, but always
 * one may be. Only answers to requests sent since the instance was last let in count.
 *
 * Defaults are Envoy's: 5 in a row, interval 10 s, 30 s times the ejections, at most 300 s, 10 %, 5 instances, 100
 * requests, 1.9 standard deviations, 85 % (which Envoy watches unless told to act by it, and from 50 requests on).
 * `slowFactor=5` is ours: it spares an instance of two fifths the speed of the others, and takes one of a tenth.
 */

import { type DetectorLimits, failureShare, slow, successRate, type Tallies } from '../outliers/detectors.ts'
import { Ejection, type EjectionTimes } from '../outliers/ejection.ts'
import { IntervalTally } from '../outliers/interval-tally.ts'
import { PerInstance } from '../per-instance.ts'
import type { Policy, PolicyOutcome } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { sentSince } from '../sent-since.ts'
import { MaskingPolicy, whenAllOut } from '../wrapping/masking-policy.ts'

const HOUR_S = 3600
const DETECTORS = [successRate, failureShare, slow]

export const outlierEjection: PolicyDeclaration = {
  name: 'outlier-ejection',
  summary: 'keeps out instances that fail, or are slow, beyond the others',
  parameters: [
    {
      name: 'consecutiveFailures',
      default: 5,
      min: 0,
      max: 1e6,
      whole: true,
      summary: 'so many in a row eject; 0: off',
    },
    {
      name: 'intervalSeconds',
      default: 10,
      min: 0.001,
      max: HOUR_S,
      summary: 'how often instances are compared',
    },
    {
      name: 'ejectionSeconds',
      default: 30,
      min: 0.001,
      max: HOUR_S,
      summary: 'times the number of ejections',
    },
    {
      name: 'maxEjectionSeconds',
      default: 300,
      min: 0.001,
      max: 24 * HOUR_S,
      summary: 'and no longer than this',
    },
    { name: 'maxEjectedShare', default: 0.1, min: 0, max: 1, summary: 'share of the instances out, or one' },
    { name: 'minInstances', default: 5, min: 1, max: 1000, whole: true, summary: 'fewer are not compared' },
    {
      name: 'minRequests',
      default: 100,
      min: 1,
      max: 1e6,
      whole: true,
      summary: 'answers that an instance needs',
    },
    { name: 'deviations', default: 1.9, min: 0, max: 100, summary: 'below the mean success rate; 0: off' },
    { name: 'failureShare', default: 0.85, min: 0, max: 1, summary: 'share of failures that ejects; 0: off' },
    { name: 'slowFactor', default: 5, min: 0, max: 1e6, summary: "times the others' median latency; 0: off" },
    whenAllOut('fail-open'),
  ],
  wraps: 1,
  create: (id, numbers, [inner], { allOut }) => new OutlierEjection(id, numbers, inner!, allOut!),
}

class Watched {
  readonly tally = new IntervalTally()
  readonly ejection: Ejection
  failuresInARow = 0

  constructor(times: EjectionTimes) {
    this.ejection = new Ejection(times)
  }
}

class OutlierEjection extends MaskingPolicy {
  readonly #consecutiveFailures: number
  readonly #maxEjectedShare: number
  readonly #limits: DetectorLimits
  readonly #intervalMs: number
  readonly #watched: PerInstance<Watched>
  readonly #tallies: (IntervalTally | null)[] = []
  #outliers = new Uint8Array(0)
  /** The present one, counted from time 0, and when it ends. */
  #interval = -1
  #intervalEndsAtMs = Number.NEGATIVE_INFINITY
  /** When the last of the ejected is let in. */
  #lastUntilMs = Number.NEGATIVE_INFINITY

  constructor(id: string, numbers: Readonly<Record<string, number>>, inner: Policy, allOut: string) {
    super(id, '1', inner, allOut)
    this.#consecutiveFailures = numbers.consecutiveFailures!
    this.#maxEjectedShare = numbers.maxEjectedShare!
    this.#limits = {
      minInstances: numbers.minInstances!,
      minRequests: numbers.minRequests!,
      deviations: numbers.deviations!,
      failureShare: numbers.failureShare!,
      slowFactor: numbers.slowFactor!,
    }
    this.#intervalMs = numbers.intervalSeconds! * 1000
    const times = {
      intervalMs: this.#intervalMs,
      baseMs: numbers.ejectionSeconds! * 1000,
      maxMs: numbers.maxEjectionSeconds! * 1000,
    }
    this.#watched = new PerInstance(() => new Watched(times))
  }

  protected override keepsAnyOut(nowMs: number): boolean {
    this.#catchUp(nowMs)
    return nowMs < this.#lastUntilMs
  }

  protected keepsOut(instance: number, nowMs: number): boolean {
    return this.#watched.of(instance).ejection.active(nowMs)
  }

  override breakerOpen(instance: number, nowMs: number): boolean {
    return (
      (this.keepsAnyOut(nowMs) && this.keepsOut(instance, nowMs)) ||
      this.inner.breakerOpen?.(instance, nowMs) === true
    )
  }

  override onOutcome(outcome: PolicyOutcome): void {
    const { instance, nowMs, latencyMs, failed } = outcome
    this.#catchUp(nowMs)
    const watched = this.#watched.of(instance)
    if (sentSince(watched.ejection.untilMs, nowMs, latencyMs)) {
      watched.tally.add(latencyMs, failed)
      watched.failuresInARow = failed ? watched.failuresInARow + 1 : 0
      const limit = this.#consecutiveFailures
      if (limit > 0 && watched.failuresInARow >= limit) this.#eject(watched, nowMs)
    }
    this.inner.onOutcome?.(outcome)
  }

  /** Compares the instances if the interval is over, as of its end, however late anybody asks. */
  #catchUp(nowMs: number): void {
    if (nowMs < this.#intervalEndsAtMs) return
    const over = this.#interval
    const endMs = this.#intervalEndsAtMs
    this.#interval = Math.floor(nowMs / this.#intervalMs)
    this.#intervalEndsAtMs = (this.#interval + 1) * this.#intervalMs
    if (over === -1) return
    for (const { ejection } of this.#watched.all) ejection.forgive(over, over)
    for (const detector of DETECTORS) this.#ejectOutliers(detector, endMs)
    for (const { tally, ejection } of this.#watched.all) {
      tally.reset()
      ejection.forgive(over + 1, this.#interval - 1)
    }
  }

  #ejectOutliers(detector: (typeof DETECTORS)[number], nowMs: number): void {
    const { all } = this.#watched
    const tallies = this.#tallies
    for (const [i, { tally, ejection }] of all.entries()) tallies[i] = ejection.active(nowMs) ? null : tally
    if (this.#outliers.length < all.length) this.#outliers = new Uint8Array(all.length)
    detector(tallies satisfies Tallies, this.#limits, this.#outliers)
    for (const [i, watched] of all.entries()) if (this.#outliers[i] === 1) this.#eject(watched, nowMs)
  }

  #eject(watched: Watched, nowMs: number): void {
    const { all } = this.#watched
    let ejected = 0
    for (let i = 0; i < all.length; i++) if (all[i]!.ejection.active(nowMs)) ejected++
    if (ejected >= Math.max(1, Math.floor(this.#maxEjectedShare * Math.max(this.count, all.length)))) return
    watched.ejection.eject(nowMs)
    this.#lastUntilMs = Math.max(this.#lastUntilMs, watched.ejection.untilMs)
    watched.tally.reset()
    watched.failuresInARow = 0
  }
}
