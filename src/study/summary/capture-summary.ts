/** What a summary says of the decisions of a balancer that is not ours. */

/** What was asked of a server that knows more of the instances than a client does. */
export interface PollSummary {
  readonly source: 'Prometheus' | 'admin API'
  readonly url: string
  /** Questions, and those without a usable answer. */
  readonly asked: number
  readonly failed: number
  /** What was wrong, to count. */
  readonly problems: Readonly<Record<string, number>>
}

/** How much could be seen of the decisions of a balancer that is not ours. */
export interface CaptureSummary {
  /** What names the instance: `header x-upstream`. */
  readonly instanceFrom: string
  /** Attempts that came to an end, those that were answered, and those whose answer named an instance. */
  readonly attempts: number
  readonly answered: number
  readonly named: number
  /** Answers that named others before the one that gave it: the balancer had tried them in vain. */
  readonly retried: number
  /** What answers named that is no instance, to count. */
  readonly strangers: Readonly<Record<string, number>>
  readonly propensities: 'estimated' | 'not known'
  /** Features of instances that nobody told. */
  readonly missingFeatures: readonly string[]
  readonly polls: readonly PollSummary[]
}
