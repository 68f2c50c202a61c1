/** One user with the session that they are in. There may be tens of thousands: what all share stands in one place. */
import type { Process, Random } from '../core/index.ts'
import type { Behavior, Phase, Scenario } from '../scenario/index.ts'
import type { Account, CrowdMember, SessionContext, SessionResult } from '../traffic/index.ts'
import type { EngineUser } from './live/engine/engine-user.ts'
import type { RunObserver } from './run-observer.ts'

/** What all sessions of a run have in common. */
export interface SharedContext {
  readonly scenario: Scenario
  /** Weights of the products, in their order. */
  readonly popularity: ArrayLike<number>
  readonly now: () => number
  readonly check: (name: string, passed: boolean) => void
  readonly measure: (metric: string, value: number) => void
}

export function sharedContext(scenario: Scenario, observer: RunObserver, now: () => number): SharedContext {
  return {
    scenario,
    popularity: Float64Array.from(scenario.products, (product) => product.popularity),
    now,
    check: (name, passed) => observer.onCheck(name, passed),
    measure: (metric, value) => observer.onMeasure?.(metric, value, now()),
  }
}

export class Visitor implements CrowdMember, SessionContext {
  /** Place in the plan, the same in every process; with `visits` it names the random numbers of a session. */
  readonly number: number
  /** Place among those of the phase, from 0: of its starts, its iterations, or the users that it has ever held. */
  readonly place: number
  /** False only where a simulation carries out the users of other segments, too: then nobody is told of this one. */
  readonly owned: boolean
  phase: number
  /** So many times they come back for another session. Open-loop users come once. */
  sessionsLeft: number
  /** When the plan wanted the session to start. */
  intendedStartMs: number
  /** When the session is cut, if it goes on for so long. */
  cutAtMs = Number.POSITIVE_INFINITY
  isPresent = false
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
  /** In the live world: the cookies, and perhaps connections, of whoever this is. */
  engineUser: EngineUser | undefined = undefined
  behavior!: Behavior
  account!: Account
  random!: Random
  process!: Process<SessionResult>
  readonly #shared: SharedContext

  constructor(
    number: number,
    place: number,
    phase: number,
    sessionsLeft: number,
    owned: boolean,
    intendedStartMs: number,
    shared: SharedContext,
  ) {
    this.number = number
    this.place = place
    this.phase = phase
    this.sessionsLeft = sessionsLeft
    this.owned = owned
    this.intendedStartMs = intendedStartMs
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
    if (this.owned) this.#shared.check(name, passed)
  }

  measure(metric: string, value: number): void {
    if (this.owned) this.#shared.measure(metric, value)
  }
}
