/** How many requests an instance may have at the same time, learned from what becomes of them. */

export interface ConcurrencyLimit {
  /** At least 1; requests are counted against its whole part. */
  readonly limit: number
  /** @param inFlight requests that the instance had when this one was answered, this one included */
  onSuccess(latencyMs: number, inFlight: number, nowMs: number): void
  /** The request failed: it was refused, it broke, or nobody waited for it any longer. Its latency says nothing. */
  onDrop(inFlight: number, nowMs: number): void
}

/** Where an adaptive limit begins, and between what it stays. */
export interface LimitRange {
  readonly start: number
  readonly least: number
  readonly most: number
}

export function within({ least, most }: LimitRange, limit: number): number {
  return Math.max(least, Math.min(most, limit))
}
