/** The sessions of visitors: with which account, behaviour and random numbers each begins. */
import { keyedStream, keyOf, mixKeys, weightedIndex } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'
import { Accounts, type Segment, type SessionResult, session } from '../traffic/index.ts'
import type { RunObserver } from './run-observer.ts'
import type { Visitor } from './visitor.ts'

export interface SessionsOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly accountPrefix: string
  readonly observer: RunObserver
  /** Starts to carry out the process of a session that has just begun. */
  readonly begin: (visitor: Visitor) => void
}

export class Sessions {
  readonly #options: SessionsOptions
  readonly #accounts: Accounts
  readonly #keyBase: number
  readonly #drawsBase: number
  readonly #profiles: readonly string[]
  /** By phase: its behaviours with their shares. */
  readonly #mixes: readonly { readonly names: readonly string[]; readonly shares: readonly number[] }[]
  readonly #segment: Segment
  #begun = 0

  /** @param segment whose accounts may be taken, and whose numbers sessions have */
  constructor(options: SessionsOptions, segment: Segment) {
    const { scenario, seed } = options
    this.#options = options
    this.#segment = segment
    this.#accounts = new Accounts(scenario.accounts, options.accountPrefix, segment)
    this.#mixes = scenario.phases.map(({ behaviors }) => ({
      names: Object.keys(behaviors),
      shares: Object.values(behaviors),
    }))
    this.#profiles = Object.keys(scenario.behaviors)
    this.#keyBase = keyOf(`${seed}/service-times`)
    this.#drawsBase = keyOf(`${seed}/sessions`)
  }

  /** Whether an account is free for one more. */
  get hasAccount(): boolean {
    return this.#accounts.hasFree
  }

  /** There must be an account. */
  begin(visitor: Visitor): void {
    const { scenario, observer, begin } = this.#options
    const mix = this.#mixes[visitor.phase]!
    // Named by visitor and visit, not by order of start: another policy changes when a session starts, not what it is.
    visitor.random = keyedStream(mixKeys(mixKeys(this.#drawsBase, visitor.number), visitor.visits))
    const profile = mix.names[weightedIndex(visitor.random, mix.shares)]!
    visitor.session = this.#begun++ * this.#segment.count + this.#segment.index
    visitor.profileIndex = this.#profiles.indexOf(profile)
    visitor.behavior = scenario.behaviors[profile]!
    visitor.account = this.#accounts.take()!
    visitor.requests = 0
    visitor.key = mixKeys(mixKeys(this.#keyBase, visitor.number), visitor.visits++)
    visitor.sessionsLeft--
    visitor.process = session(visitor)
    if (visitor.owned) observer.onSessionStart(visitor.phase)
    begin(visitor)
  }

  /** @param result undefined if the session was cut */
  end({ owned, phase, account }: Visitor, result: SessionResult | undefined): void {
    if (owned) this.#options.observer.onSessionEnd(phase, result)
    this.#accounts.giveBack(account)
  }
}
