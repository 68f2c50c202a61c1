/** One user with the session that they are in. There may be tens of thousands: what all share stands in one place. */
import type { Process, Random } from '../core/index.ts'
import type { Behavior, Phase, Scenario } from '../scenario/index.ts'
import type { Account, CrowdMember, SessionContext, SessionResult } from '../traffic/index.ts'

/** What all sessions of a run have in common. */
export interface SharedContext {
  readonly scenario: Scenario
  /** Weights of the products, in their order. */
  readonly popularity: ArrayLike<number>
  readonly now: () => number
  readonly check: (name: string, passed: boolean) => void
}

export class Visitor implements CrowdMember, SessionContext {
  /** In the order in which they first came; with `visits` it names the random numbers of a session. */
  readonly number: number
  /** Comes back for another session when one ends. Open-loop users come once. */
  readonly returns: boolean
  phase: number
  /** Sessions begun so far. */
  visits = 0
  session = -1
  /** Place of the profile among the behaviours of the scenario. */
  profileIndex = -1
  /** Requests made in this session so far; with `key` it gives each request its own key. */
  requests = 0
  key = 0
  /** Gone: whatever still comes back for this session is nobody's. */
  gone = false
  behavior!: Behavior
  account!: Account
  random!: Random
  process!: Process<SessionResult>
  readonly #shared: SharedContext

  constructor(number: number, phase: number, returns: boolean, shared: SharedContext) {
    this.number = number
    this.phase = phase
    this.returns = returns
    this.#shared = shared
  }

  get profile(): string {
    return this.behavior.name
  }

  get scenario(): Scenario {
    return this.#shared.scenario
  }

  get popularity(): ArrayLike<number> {
    return this.#shared.popularity
  }

  currentPhase(): Phase {
    return this.#shared.scenario.phases[this.phase]!
  }

  now(): number {
    return this.#shared.now()
  }

  check(name: string, passed: boolean): void {
    this.#shared.check(name, passed)
  }
}
