/**
 * The users of a run and their sessions, the same for both worlds: who comes when, as whom, with which behaviour
 * and which random numbers. A world only carries out what a session asks for.
 */
import { keyedStream, keyOf, mixKeys, weightedIndex } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'
import { Accounts, Crowd, type SessionResult, session } from '../traffic/index.ts'
import type { RunObserver } from './run-observer.ts'
import { type SharedContext, Visitor } from './visitor.ts'

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
  readonly #accounts: Accounts
  readonly #shared: SharedContext
  readonly #perPhase: number[]
  readonly #keyBase: number
  readonly #drawsBase: number
  readonly #profiles: readonly string[]
  /** By phase: its behaviours with their shares. */
  readonly #mixes: readonly { readonly names: readonly string[]; readonly shares: readonly number[] }[]
  readonly #oneTime = new Set<Visitor>()
  /** By phase. */
  readonly #oneTimePerPhase: number[]
  #visitors = 0
  #sessions = 0
  #ended = false

  constructor(options: VisitorsOptions) {
    const { scenario, seed } = options
    this.#options = options
    this.#accounts = new Accounts(scenario.accounts, options.accountPrefix)
    this.#shared = {
      scenario,
      popularity: Float64Array.from(scenario.products, (product) => product.popularity),
      now: options.now,
      check: (name, passed) => options.observer.onCheck(name, passed),
    }
    this.#perPhase = scenario.phases.map(() => 0)
    this.#oneTimePerPhase = scenario.phases.map(() => 0)
    this.#mixes = scenario.phases.map(({ behaviors }) => ({
      names: Object.keys(behaviors),
      shares: Object.values(behaviors),
    }))
    this.#profiles = Object.keys(scenario.behaviors)
    this.#keyBase = keyOf(`${seed}/service-times`)
    this.#drawsBase = keyOf(`${seed}/sessions`)
    this.crowd = new Crowd(scenario.phases, seed, {
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
    else {
      this.#oneTime.add(visitor)
      this.#oneTimePerPhase[phase]!++
    }
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
    if (this.#oneTime.delete(visitor)) this.#oneTimePerPhase[visitor.phase]!--
    this.#tellUsers()
  }

  /** Nobody comes or comes back any more; whoever is there leaves. */
  end(): void {
    this.#ended = true
    for (const visitor of this.#oneTime) this.#leave(visitor)
    this.#oneTime.clear()
    this.#oneTimePerPhase.fill(0)
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
    const visitor = new Visitor(this.#visitors++, phase, returns, this.#shared)
    this.#startSession(visitor, account)
    return visitor
  }

  #startSession(visitor: Visitor, account = this.#accounts.take()!): void {
    const { scenario, observer, begin } = this.#options
    const mix = this.#mixes[visitor.phase]!
    // Named by visitor and visit, not by order of start: another policy changes when a session starts, not what it is.
    visitor.random = keyedStream(mixKeys(mixKeys(this.#drawsBase, visitor.number), visitor.visits))
    const profile = mix.names[weightedIndex(visitor.random, mix.shares)]!
    visitor.session = this.#sessions++
    visitor.profileIndex = this.#profiles.indexOf(profile)
    visitor.behavior = scenario.behaviors[profile]!
    visitor.account = account
    visitor.requests = 0
    visitor.key = mixKeys(mixKeys(this.#keyBase, visitor.number), visitor.visits++)
    visitor.process = session(visitor)
    observer.onSessionStart(visitor.phase)
    begin(visitor)
  }

  #leave(visitor: Visitor): void {
    visitor.gone = true
    this.#options.observer.onSessionEnd(visitor.phase, undefined)
    this.#accounts.giveBack(visitor.account)
  }

  #tellUsers(): void {
    for (let phase = 0; phase < this.#perPhase.length; phase++) {
      this.#perPhase[phase] = this.crowd.sizeOf(phase) + this.#oneTimePerPhase[phase]!
    }
    this.#options.observer.onUsers(this.#options.now(), this.count, this.#perPhase)
  }
}
