/**
 * What users met while each fault had an effect, beside what they met while none had: a crash is over when its instance
 * has warmed up. A request belongs to the moment at
 * which its user wanted it: one that hangs in a fault, and ends long after, is still the fault's.
 *
 * The run is cut where an effect begins or ends, every stretch counts its own requests, and a fault is the sum of its
 * stretches: a request costs one search and one count, however many faults are at work.
 */
import { canonicalJson } from '../../core/index.ts'
import type { Fault, Scenario } from '../../scenario/index.ts'
import { effectEndMs } from '../../shop/index.ts'
import type { Mergeable } from '../../stats/index.ts'
import { faultText, placeText } from '../fault-text.ts'
import type { FaultSummary, FaultWindowSummary } from '../summary/run-summary.ts'
import { RequestCounts, type RequestCountsJson } from './request-counts.ts'

/** A percentile is wrong by 0.4 % at most; a stretch takes some 5 kB. */
const MANTISSA_BITS = 7

export interface FaultEffectsJson {
  readonly faults: readonly Fault[]
  /** Null where no request was. */
  readonly stretches: readonly (RequestCountsJson | null)[]
}

export class FaultEffects implements Mergeable<FaultEffectsJson> {
  readonly #scenario: Scenario
  /** In the order of their starts. */
  readonly #faults: readonly Fault[]
  /** Where effects begin or end, ascending. */
  readonly #edgesMs: readonly number[]
  /** The first is before the first edge, and the n-th before the n-th. Those without requests are not made. */
  readonly #stretches: (RequestCounts | undefined)[]

  /** @param faults as they were drawn for the run */
  constructor(scenario: Scenario, faults: readonly Fault[]) {
    const edgesMs = faults.flatMap((fault) => [fault.startMs, effectEndMs(fault)])
    this.#scenario = scenario
    this.#faults = faults.toSorted((a, b) => a.startMs - b.startMs)
    this.#edgesMs = [...new Set(edgesMs)].sort((a, b) => a - b)
    this.#stretches = new Array<undefined>(this.#edgesMs.length + 1).fill(undefined)
  }

  add(intendedMs: number, latencyMs: number, failed: boolean): void {
    if (this.#faults.length === 0) return
    this.#stretch(this.#stretchAt(intendedMs)).add(latencyMs, failed)
  }

  /** @throws RangeError if it has met other faults */
  merge(other: FaultEffects): void {
    if (canonicalJson(this.#faults) !== canonicalJson(other.#faults)) {
      throw new RangeError('faults: cannot merge what was met in other faults: merge runs of one seed only')
    }
    for (const [i, stretch] of other.#stretches.entries()) {
      if (stretch !== undefined) this.#stretch(i).merge(stretch)
    }
  }

  toJSON(): FaultEffectsJson {
    return { faults: this.#faults, stretches: this.#stretches.map((stretch) => stretch?.toJSON() ?? null) }
  }

  static fromJSON(scenario: Scenario, { faults, stretches }: FaultEffectsJson): FaultEffects {
    const effects = new FaultEffects(scenario, faults)
    for (const [i, stretch] of stretches.entries()) {
      if (stretch !== null) effects.#stretch(i).merge(RequestCounts.fromJSON(stretch))
    }
    return effects
  }

  summaries(): FaultSummary[] {
    return this.#faults.map((fault) => {
      const { kind, instances, startMs, durationMs, parameters } = fault
      const endMs = startMs + durationMs
      const overMs = effectEndMs(fault)
      const text = { what: faultText(fault), where: placeText(fault, this.#scenario) }
      const met = sumOf(this.#stretches.slice(this.#stretchAt(startMs), this.#stretchAt(overMs)))
      return { kind, ...text, instances, startMs, endMs, effectEndMs: overMs, parameters, ...met }
    })
  }

  /** The requests of the times without any fault; null if the run has no faults at all. */
  outside(): FaultWindowSummary | null {
    if (this.#faults.length === 0) return null
    const inside = new Set<number>()
    for (const fault of this.#faults) {
      const end = this.#stretchAt(effectEndMs(fault))
      for (let i = this.#stretchAt(fault.startMs); i < end; i++) inside.add(i)
    }
    return sumOf(this.#stretches.filter((_, i) => !inside.has(i)))
  }

  #stretch(index: number): RequestCounts {
    return (this.#stretches[index] ??= new RequestCounts(MANTISSA_BITS))
  }

  /** Index of the stretch of a moment: the number of edges that are not after it. */
  #stretchAt(atMs: number): number {
    let low = 0
    let high = this.#edgesMs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#edgesMs[middle]! <= atMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

function sumOf(stretches: readonly (RequestCounts | undefined)[]): FaultWindowSummary {
  const sum = new RequestCounts(MANTISSA_BITS)
  for (const stretch of stretches) if (stretch !== undefined) sum.merge(stretch)
  const { requests, failures, latency } = sum
  return { requests, errorRate: failures / requests, p95Ms: latency.quantile(0.95) }
}
