/**
 * The users of a run and their sessions, the same for both worlds: who comes when, as whom, with which behaviour
 * and which random numbers. A world only carries out what a session asks for.
 */
import { keyOf, mixKeys, type Process, RandomStreams, weightedIndex } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'
import {
  type Account,
  Accounts,
  Crowd,
  type CrowdMember,
  type SessionResult,
  session,
} from '../traffic/index.ts'
import type { RunObserver } from './run-observer.ts'

/** One user with the session that they are in. */
export interface Visitor extends CrowdMember {
  /** In the order in which they first came; with `visits` it names the random numbers of a session. */
  readonly number: number
  /** Sessions begun so far. */
  visits: number
  /** Comes back for another session when one ends. Open-loop users come once. */
  readonly returns: boolean
  session: number
  profile: string
  account: Account
  process: Process<SessionResult>
  /** Requests made in this session so far; with `key` it gives each request its own key. */
  requests: number
  key: number
  /** Gone: whatever still comes back for this session is nobody's. */
  gone: boolean
}

export interface VisitorsOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly accountPrefix: string
  readonly observer: RunObserver
  readonly now: () => number
  /** Starts to carry out the process of a session that has just begun. */
  readonly begin: (visitor: Visitor) => void
}

export class Visitors {
  readonly crowd: Crowd<Visitor>
  readonly #options: VisitorsOptions
  readonly #streams: RandomStreams
  readonly #accounts: Accounts
  readonly #popularity: Float64Array
  readonly #perPhase: number[]
  readonly #keyBase: number
  readonly #oneTime = new Set<Visitor>()
  #visitors = 0
  #sessions = 0
  #ended = false

  constructor(options: VisitorsOptions) {
    const { scenario, seed } = options
    this.#options = options
    this.#streams = new RandomStreams(seed)
    this.#accounts = new Accounts(scenario.accounts, options.accountPrefix)
    this.#popularity = Float64Array.from(scenario.products, (product) => product.popularity)
    this.#perPhase = scenario.phases.map(() => 0)
    this.#keyBase = keyOf(`${seed}/service-times`)
    this.crowd = new Crowd(scenario.phases, {
      join: (phase) => this.#join(phase, true),
      leave: (visitor) => this.#leave(visitor),
    })
  }

  get count(): number {
    return this.crowd.size + this.#oneTime.size
  }

  /** Brings the closed-loop users to the levels of now. */
  advance(nowMs: number): void {
    this.crowd.advance(nowMs)
    this.#tellUsers()
  }

  /** One open-loop session of the phase starts, if there is room for it. */
  arrive(phase: number): void {
    const visitor = this.#join(phase, false)
    if (visitor === undefined) this.#options.observer.onDropped(phase)
    else this.#oneTime.add(visitor)
    this.#tellUsers()
  }

  /** The session of a visitor came to its end; a returning one starts the next at once. */
  finish(visitor: Visitor, result: SessionResult): void {
    this.#options.observer.onSessionEnd(visitor.phase, result)
    this.#accounts.giveBack(visitor.account)
    if (visitor.returns && !this.#ended) {
      this.#startSession(visitor)
      return
    }
    visitor.gone = true
    this.#oneTime.delete(visitor)
    this.#tellUsers()
  }

  /** Nobody comes or comes back any more; whoever is there leaves. */
  end(): void {
    this.#ended = true
    for (const visitor of this.#oneTime) this.#leave(visitor)
    this.#oneTime.clear()
    this.crowd.clear()
    this.#tellUsers()
  }

  /** A key for the next request of a visitor's session: the same whatever the other sessions do. */
  nextRequestKey(visitor: Visitor): number {
    return mixKeys(visitor.key, ++visitor.requests)
  }

  #join(phase: number, returns: boolean): Visitor | undefined {
    if (this.count >= this.#options.scenario.maxConcurrentUsers) return undefined
    const account = this.#accounts.take()
    if (account === undefined) return undefined
    const number = this.#visitors++
    const visitor = { phase, number, visits: 0, returns, account, gone: false } as Visitor
    this.#startSession(visitor, account)
    return visitor
  }

  #startSession(visitor: Visitor, account = this.#accounts.take()!): void {
    const { scenario, observer, now, begin } = this.#options
    const { behaviors } = scenario.phases[visitor.phase]!
    const names = Object.keys(behaviors)
    // Named by visitor and visit, not by order of start: another policy changes when a session starts, not what it is.
    const random = this.#streams.stream(`session/${visitor.number}/${visitor.visits}`)
    visitor.session = this.#sessions++
    visitor.profile = names[weightedIndex(random, Object.values(behaviors))]!
    visitor.account = account
    visitor.requests = 0
    visitor.key = mixKeys(mixKeys(this.#keyBase, visitor.number), visitor.visits++)
    visitor.process = session({
      scenario,
      behavior: scenario.behaviors[visitor.profile]!,
      account,
      random,
      popularity: this.#popularity,
      phase: () => scenario.phases[visitor.phase]!,
      now,
      check: (name, passed) => observer.onCheck(name, passed),
    })
    observer.onSessionStart(visitor.phase)
    begin(visitor)
  }

  #leave(visitor: Visitor): void {
    visitor.gone = true
    this.#options.observer.onSessionEnd(visitor.phase, undefined)
    this.#accounts.giveBack(visitor.account)
  }

  #tellUsers(): void {
    for (let phase = 0; phase < this.#perPhase.length; phase++)
      this.#perPhase[phase] = this.crowd.sizeOf(phase)
    for (const visitor of this.#oneTime) this.#perPhase[visitor.phase]!++
    this.#options.observer.onUsers(this.#options.now(), this.count, this.#perPhase)
  }
}
