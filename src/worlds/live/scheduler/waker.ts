/** What wakes the scheduler: one alarm, for whatever is due next. */

export interface Waker {
  /**
   * Wakes once, soon after `atMs`, and now and then a little before; replaces what was set before. Infinity: not at all.
   *
   * @param carriedOut how many things have been carried out since the last time, from which it can tell the rate
   */
  set(atMs: number, carriedOut: number): void
  /** Nothing wakes any more. */
  close(): void
  /** What kept it from working as it should, if anything did. */
  readonly trouble: string | null
}

/** @param now milliseconds of the run, of the clock of `performance.now()` */
export type WakerOf = (now: () => number, wake: () => void) => Waker
