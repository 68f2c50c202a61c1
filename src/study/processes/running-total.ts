/** The progress of a run whose load several processes make: what each of them told last, added up. */
import type { Scenario } from '../../scenario/index.ts'
import { RequestCounts, type RequestCountsJson } from '../statistics/request-counts.ts'
import { RunStatistics } from '../statistics/run-statistics.ts'
import type { RunStatisticsJson } from '../statistics/statistics-parts.ts'

/** What can be shown of a run that goes on. */
export interface RunningStatistics {
  readonly total: RequestCounts
  readonly users: number
  readonly phases: readonly { readonly counts: RequestCounts }[]
  usersIn(phase: number): number
  /** All that has been measured, where the load is made elsewhere, and where it is told. */
  whole?(): RunStatistics | undefined
}

/** What a process tells of its share. Small: it crosses a channel twice a second. */
export interface ShareProgress {
  readonly nowMs: number
  readonly phases: readonly { readonly users: number; readonly counts: RequestCountsJson }[]
  /** Only where somebody waits for a threshold that does not hold. */
  readonly statistics?: RunStatisticsJson
}

export function shareProgress(nowMs: number, statistics: RunningStatistics): ShareProgress {
  const phases = statistics.phases.map(({ counts }, i) => ({
    users: statistics.usersIn(i),
    counts: counts.toJSON(),
  }))
  return { nowMs, phases }
}

export class RunningTotal implements RunningStatistics {
  readonly #phases: number
  readonly #shares: (ShareProgress | undefined)[]
  readonly #scenario: Scenario
  #sum: { readonly total: RequestCounts; readonly phases: { readonly counts: RequestCounts }[] } | undefined

  constructor(scenario: Scenario, shares: number) {
    this.#scenario = scenario
    this.#phases = scenario.phases.length
    this.#shares = Array.from({ length: shares })
  }

  /** Takes the place of what share number `index` told before. */
  update(index: number, progress: ShareProgress): void {
    this.#shares[index] = progress
    this.#sum = undefined
  }

  /** The farthest of all. */
  get nowMs(): number {
    return this.#shares.reduce((latest, share) => Math.max(latest, share?.nowMs ?? 0), 0)
  }

  get total(): RequestCounts {
    return this.#added().total
  }

  get phases(): readonly { readonly counts: RequestCounts }[] {
    return this.#added().phases
  }

  get users(): number {
    return Array.from({ length: this.#phases }, (_, phase) => this.usersIn(phase)).reduce((a, b) => a + b, 0)
  }

  usersIn(phase: number): number {
    return this.#shares.reduce((sum, share) => sum + (share?.phases[phase]?.users ?? 0), 0)
  }

  /** Undefined if the shares do not tell it. */
  whole(): RunStatistics | undefined {
    const told = this.#shares.flatMap((share) => share?.statistics ?? [])
    if (told.length === 0) return undefined
    const [first, ...others] = told.map((json) => RunStatistics.fromJSON(this.#scenario, json))
    for (const other of others) first!.merge(other)
    return first
  }

  #added() {
    if (this.#sum !== undefined) return this.#sum
    const total = new RequestCounts()
    const phases = Array.from({ length: this.#phases }, () => ({ counts: new RequestCounts() }))
    for (const share of this.#shares) {
      for (const [i, { counts }] of (share?.phases ?? []).entries()) {
        const part = RequestCounts.fromJSON(counts)
        phases[i]!.counts.merge(part)
        total.merge(part)
      }
    }
    return (this.#sum = { total, phases })
  }
}

const PROGRESS_MS = 500

/** Tells the progress of a share, and not too often. */
export function progressTeller(
  statistics: RunningStatistics,
  tell: (progress: ShareProgress) => void,
): (nowMs: number) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY
  return (nowMs) => {
    if (performance.now() - toldAtMs < PROGRESS_MS) return
    toldAtMs = performance.now()
    tell(shareProgress(nowMs, statistics))
  }
}
