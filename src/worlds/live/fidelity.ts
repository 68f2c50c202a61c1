/**
 * How well the generator did what it was to do: how late it was, how evenly it sent, how long its event loop was busy
 * with other things, how much of a core it took. A measurement is worth no more than this.
 *
 * Only starts of which a time is known beforehand count: those of the plan, and those after a think time. What follows
 * on an answer at once is never late.
 */
import {
  BinnedCounts,
  type BinnedCountsJson,
  Histogram,
  type HistogramJson,
  type Mergeable,
} from '../../stats/index.ts'

export const DISPERSION_BIN_MS = 10

/** What a generator process took of the machine, over so long. */
export interface ProcessUse {
  /** CPU time of all its threads. */
  readonly cpuMs: number
  /** Time that the generating thread was ready to run and had no core; null where the system does not tell. */
  readonly waitMs: number | null
  readonly wallMs: number
}

export interface FidelityJson {
  readonly lag: HistogramJson
  readonly queued: HistogramJson
  readonly loopDelay: HistogramJson
  readonly planned: BinnedCountsJson
  readonly actual: BinnedCountsJson
  readonly processes: readonly ProcessUse[]
  readonly troubles: readonly string[]
}

export class Fidelity implements Mergeable<FidelityJson> {
  /** From when a start was wanted until the generator was ready to send. Waiting for a connection is not in it. */
  readonly lag: Histogram
  /** From then until the request was written to a connection, for all requests. */
  readonly queued: Histogram
  /** How much later than it could something happens in the event loop, at any time. */
  readonly loopDelay: Histogram
  readonly planned: BinnedCounts
  readonly actual: BinnedCounts
  readonly #processes: ProcessUse[]
  readonly #troubles: Set<string>

  constructor() {
    this.lag = new Histogram()
    this.queued = new Histogram()
    this.loopDelay = new Histogram()
    this.planned = new BinnedCounts(DISPERSION_BIN_MS)
    this.actual = new BinnedCounts(DISPERSION_BIN_MS)
    this.#processes = []
    this.#troubles = new Set()
  }

  get processes(): readonly ProcessUse[] {
    return this.#processes
  }

  /** What kept it from working as it should, if anything did. */
  get troubles(): readonly string[] {
    return [...this.#troubles].sort()
  }

  /** A request was ready to be sent at `nowMs`, and ought to have been at `intendedMs`. */
  onStart(intendedMs: number, nowMs: number): void {
    this.lag.record(nowMs - intendedMs)
    this.planned.add(intendedMs)
    this.actual.add(nowMs)
  }

  onProcess(use: ProcessUse): void {
    this.#processes.push(use)
  }

  onTrouble(trouble: string): void {
    this.#troubles.add(trouble)
  }

  merge(other: Fidelity): void {
    this.lag.merge(other.lag)
    this.queued.merge(other.queued)
    this.loopDelay.merge(other.loopDelay)
    this.planned.merge(other.planned)
    this.actual.merge(other.actual)
    this.#processes.push(...other.processes)
    for (const trouble of other.troubles) this.#troubles.add(trouble)
  }

  toJSON(): FidelityJson {
    return {
      lag: this.lag.toJSON(),
      queued: this.queued.toJSON(),
      loopDelay: this.loopDelay.toJSON(),
      planned: this.planned.toJSON(),
      actual: this.actual.toJSON(),
      processes: [...this.#processes].sort(
        (a, b) => a.cpuMs - b.cpuMs || a.wallMs - b.wallMs || Number(a.waitMs) - Number(b.waitMs),
      ),
      troubles: this.troubles,
    }
  }

  static fromJSON(json: FidelityJson): Fidelity {
    const fidelity = new Fidelity()
    fidelity.lag.merge(Histogram.fromJSON(json.lag))
    fidelity.queued.merge(Histogram.fromJSON(json.queued))
    fidelity.loopDelay.merge(Histogram.fromJSON(json.loopDelay))
    fidelity.planned.merge(BinnedCounts.fromJSON(json.planned))
    fidelity.actual.merge(BinnedCounts.fromJSON(json.actual))
    for (const use of json.processes) fidelity.onProcess(use)
    for (const trouble of json.troubles) fidelity.onTrouble(trouble)
    return fidelity
  }
}
