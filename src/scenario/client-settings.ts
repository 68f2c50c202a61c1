/** How the users' HTTP client deals with replies that do not come, or come late. */

/** The kinds of reply after which a client may try again. */
export const RETRY_CAUSES = ['connect', 'reset', 'timeout', '429', '500', '502', '503', '504'] as const
export type RetryCause = (typeof RETRY_CAUSES)[number]

export interface ClientSettings {
  /** An attempt is given up after so long. */
  readonly timeoutMs: number
  readonly retries: {
    /** Attempts after the first; 0 is no retries at all. */
    readonly most: number
    /** The n-th retry comes after backoffMs x 2^(n-1), but no later than maxBackoffMs. */
    readonly backoffMs: number
    readonly maxBackoffMs: number
    /** full: uniform between 0 and that (Brooker 2015); none: just that. */
    readonly jitter: 'full' | 'none'
    /** Retries may be at most this share of the requests of the last 10 s, and a few per second; null: no budget. */
    readonly budget: number | null
    /** Also POST, which may then happen twice. */
    readonly unsafe: boolean
    readonly on: readonly RetryCause[]
  }
  /** A GET without an answer after so long is sent once more, and the first answer counts; null: no hedging. */
  readonly hedgeAfterMs: number | null
}
