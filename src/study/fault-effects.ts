/**
 * What users met while each fault had an effect, beside what they met while none had: a crash is over when its instance
 * has warmed up. A request belongs to the moment at
 * which its user wanted it: one that hangs in a fault, and ends long after, is still the fault's.
 *
 * The run is cut where an effect begins or ends, every stretch counts its own requests, and a fault is the sum of its
 * stretches: a request costs one search and one count, however many faults are at work.
 */
import type { Fault, Scenario } from '../scenario/index.ts'
import { effectEndMs } from '../shop/index.ts'
import { Histogram } from '../stats/index.ts'
import { faultText, placeText } from './fault-text.ts'
import type { FaultSummary, FaultWindowSummary } from './run-summary.ts'

/** A percentile is wrong by 0.4 % at most; a stretch takes some 5 kB. */
const MANTISSA_BITS = 7

interface Stretch {
  requests: number
  failures: number
  readonly latency: Histogram
}

export class FaultEffects {
  readonly #scenario: Scenario
  /** In the order of their starts. */
  readonly #faults: readonly Fault[]
  /** Where effects begin or end, ascending. */
  readonly #edgesMs: readonly number[]
  /** The first is before the first edge, and the n-th before the n-th. Those without requests are not made. */
  readonly #stretches: (Stretch | undefined)[]

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
    const stretch = (this.#stretches[this.#stretchAt(intendedMs)] ??= newStretch())
    stretch.requests++
    if (failed) stretch.failures++
    stretch.latency.record(latencyMs)
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

function newStretch(): Stretch {
  return { requests: 0, failures: 0, latency: new Histogram(MANTISSA_BITS) }
}

function sumOf(stretches: readonly (Stretch | undefined)[]): FaultWindowSummary {
  const sum = newStretch()
  for (const stretch of stretches) {
    if (stretch === undefined) continue
    sum.requests += stretch.requests
    sum.failures += stretch.failures
    sum.latency.merge(stretch.latency)
  }
  const { requests, failures, latency } = sum
  return { requests, errorRate: failures / requests, p95Ms: latency.quantile(0.95) }
}
