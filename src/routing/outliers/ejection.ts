/**
 * Whether an instance is ejected, and for how long: Envoy's rule. The n-th ejection lasts n times the base; every
 * interval that it is in takes one off n again.
 *
 * A function of the time that it is told. Envoy lets an instance in at the sweep after its time is over, this one at once.
 */
export interface EjectionTimes {
  readonly intervalMs: number
  readonly baseMs: number
  readonly maxMs: number
}

export class Ejection {
  readonly #times: EjectionTimes
  #untilMs = Number.NEGATIVE_INFINITY
  #multiplier = 0

  constructor(times: EjectionTimes) {
    this.#times = times
  }

  /** When it was last let in, or will be. */
  get untilMs(): number {
    return this.#untilMs
  }

  active(nowMs: number): boolean {
    return nowMs < this.#untilMs
  }

  eject(nowMs: number): void {
    const { baseMs, maxMs } = this.#times
    this.#multiplier++
    this.#untilMs = nowMs + Math.min(this.#multiplier * baseMs, maxMs)
  }

  /** The intervals from `first` to `last`, counted from time 0, are over. */
  forgive(first: number, last: number): void {
    if (this.#multiplier === 0) return
    // Of these, those at whose end it was in.
    const since = Math.max(first, Math.ceil(this.#untilMs / this.#times.intervalMs) - 1)
    this.#multiplier = Math.max(0, this.#multiplier - Math.max(0, last - since + 1))
  }
}
