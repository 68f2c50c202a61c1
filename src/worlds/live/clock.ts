/** The clock of the live world: milliseconds since a start that several processes can share. */
export class LiveClock {
  readonly #startEpochMs: number

  /** @param startEpochMs when the run starts, in ms since the epoch */
  constructor(startEpochMs: number) {
    this.#startEpochMs = startEpochMs
  }

  /** An arrow, so that it can be handed on as a plain function. */
  readonly now = (): number => performance.timeOrigin + performance.now() - this.#startEpochMs
}

/** The present, in ms since the epoch, at the resolution of `performance.now()`. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now()
}
