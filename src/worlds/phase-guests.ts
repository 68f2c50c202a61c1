/** Those users of one phase who will leave with the session that they are in, or with those that they were promised. */
import { isOpen, type Scenario, scenarioDurationMs } from '../scenario/index.ts'
import { limitOf, type Segment } from '../traffic/index.ts'
import type { Visitor } from './visitor.ts'

export class PhaseGuests {
  readonly endMs: number
  /** How long after the end of the phase, or after they are not needed any more, they are cut. */
  readonly graceMs: number
  readonly #cutAfterEndMs: number
  readonly #most: number
  /** In the order in which they are to be cut, which is that in which they came. */
  readonly #present = new Set<Visitor>()
  #anyCut = false

  /** @param segment whose share of the phase's own limit holds */
  constructor(scenario: Scenario, phase: number, segment: Segment) {
    const { startMs, durationMs, gracefulStopMs, executor } = scenario.phases[phase]!
    this.endMs = startMs + durationMs
    this.graceMs = gracefulStopMs ?? 0
    this.#cutAfterEndMs = gracefulStopMs === null ? scenarioDurationMs(scenario) : this.endMs + gracefulStopMs
    const most = isOpen(executor) ? executor.maxUsers : undefined
    this.#most = limitOf(segment, most ?? Number.POSITIVE_INFINITY)
  }

  get hasRoom(): boolean {
    return this.#present.size < this.#most
  }

  get all(): Iterable<Visitor> {
    return this.#present
  }

  add(visitor: Visitor): void {
    this.#present.add(visitor)
    this.#anyCut ||= visitor.cutAtMs !== Number.POSITIVE_INFINITY
  }

  /** Whether it was one of them. */
  remove(visitor: Visitor): boolean {
    return this.#present.delete(visitor)
  }

  /** The phase is over: those who are there begin no other session. */
  end(): void {
    this.#anyCut = true
    for (const visitor of this.#present) {
      visitor.sessionsLeft = 0
      visitor.cutAtMs = this.#cutAfterEndMs
    }
  }

  /** When somebody is cut next; Infinity if nobody is. */
  nextCutAtMs(): number {
    if (!this.#anyCut || this.#present.size === 0) return Number.POSITIVE_INFINITY
    return this.#present.values().next().value!.cutAtMs
  }
}
