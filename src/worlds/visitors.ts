/**
 * The users of a run, the same for both worlds: who comes when, who may stay, and when they must go. A world asks when
 * the plan wants something next, tells when that time has come, and carries out what sessions ask for.
 *
 * Every start that is planned has a number in the order of the plan, also one for which there is no room and one that
 * another segment of the run carries out: a session is the same wherever it is carried out.
 */
import { mixKeys } from '../core/index.ts'
import { hasIterations } from '../scenario/index.ts'
import type { Segment, SessionResult } from '../traffic/index.ts'
import { Crowd, IterationBudget, isOwn, limitOf, MergedStarts, WHOLE } from '../traffic/index.ts'
import { Headcount } from './headcount.ts'
import { PhaseGuests } from './phase-guests.ts'
import { type PhaseMark, PhaseMarks } from './phase-marks.ts'
import { Sessions, type SessionsOptions } from './sessions.ts'
import { type SharedContext, sharedContext, Visitor } from './visitor.ts'

export interface VisitorsOptions extends SessionsOptions {
  readonly now: () => number
  /** The share of the plan that is carried out; by default all of it. */
  readonly segment?: Segment | undefined
  /** All of the plan is carried out, and the segment only says whose each visitor is: a simulation cannot be cut. */
  readonly simulatesAll?: boolean
}

export class Visitors {
  readonly #options: VisitorsOptions
  readonly #segment: Segment
  /** Which of the visitors are carried out here. */
  readonly #carriedOut: Segment
  readonly #shared: SharedContext
  readonly #sessions: Sessions
  readonly #headcount: Headcount
  readonly #crowd: Crowd<Visitor>
  readonly #starts: MergedStarts
  readonly #guests: readonly PhaseGuests[]
  /** By phase, of those with iterations. */
  readonly #budgets = new Map<number, IterationBudget>()
  readonly #marks: PhaseMarks
  readonly #most: number
  /** Members of the crowd who find no room. */
  readonly #waiting = new Set<Visitor>()
  #numbers = 0
  /** The time of the plan. */
  #plannedMs = 0
  #ended = false
  #over = false

  constructor(options: VisitorsOptions) {
    const { scenario, seed, observer, segment = WHOLE, simulatesAll = false } = options
    const { phases } = scenario
    this.#options = options
    this.#segment = segment
    this.#carriedOut = simulatesAll ? WHOLE : segment
    this.#shared = sharedContext(scenario, observer, options.now)
    this.#sessions = new Sessions(options, this.#carriedOut)
    this.#headcount = new Headcount(phases.length, observer)
    this.#most = limitOf(this.#carriedOut, scenario.maxConcurrentUsers)
    this.#guests = phases.map((_, phase) => new PhaseGuests(scenario, phase, this.#carriedOut))
    for (const [phase, { executor }] of phases.entries()) {
      if (!hasIterations(executor)) continue
      this.#budgets.set(phase, new IterationBudget(executor, segment, simulatesAll))
    }
    this.#marks = new PhaseMarks(phases, (phase) => this.#budgets.get(phase)?.isDone === true)
    this.#starts = new MergedStarts(phases, seed)
    this.#crowd = new Crowd(phases, seed, {
      join: (phase, place) => this.#join(phase, place),
      move: (visitor, phase) => this.#move(visitor, phase),
      leave: (visitor) => this.#leave(visitor),
    })
  }

  /** Users who are there. */
  get count(): number {
    return this.#headcount.all
  }

  /** Nothing is planned any more, and nobody is there. */
  get over(): boolean {
    return this.#over
  }

  /** When the plan wants something next: a start, another level, an end, a cut. Infinity: never. */
  nextAtMs(): number {
    if (this.#ended) return Number.POSITIVE_INFINITY
    let nextMs = Math.min(this.#crowd.nextChangeAtMs(), this.#starts.nextAtMs, this.#marks.nextAtMs())
    for (const guests of this.#guests) nextMs = Math.min(nextMs, guests.nextCutAtMs())
    return nextMs
  }

  /** Carries out all that is due by now, in the order of the plan. */
  advance(nowMs: number): void {
    for (let atMs = this.nextAtMs(); atMs <= nowMs; atMs = this.nextAtMs()) {
      this.#plannedMs = atMs
      while (this.#marks.nextAtMs() <= atMs) this.#pass(this.#marks.take())
      for (const guests of this.#guests) if (guests.nextCutAtMs() <= atMs) this.#cutDue(guests, atMs)
      if (this.#crowd.nextChangeAtMs() <= atMs) this.#crowd.advance(atMs)
      for (; this.#starts.nextAtMs <= atMs; this.#starts.advance()) this.#start()
      this.#fillUp()
    }
    this.#settle()
  }

  /** The session of a visitor came to its end; a returning one starts the next at once. */
  finish(visitor: Visitor, result: SessionResult): void {
    this.#sessions.end(visitor, result)
    if (visitor.sessionsLeft > 0 && !this.#ended) {
      visitor.intendedStartMs = this.#options.now()
      this.#sessions.begin(visitor)
      return
    }
    this.#depart(visitor)
    this.#plannedMs = this.#options.now()
    this.#fillUp()
    this.#settle()
  }

  /** Nobody comes or comes back any more; whoever is there leaves. */
  end(): void {
    this.#ended = true
    this.#tellMissed()
    for (const budget of this.#budgets.values()) budget.close()
    for (const guests of this.#guests) for (const visitor of guests.all) this.#cut(visitor)
    this.#crowd.clear()
    this.#settle()
  }

  /** A key for the next request of a visitor's session: the same whatever the other sessions do. */
  nextRequestKey(visitor: Visitor): number {
    return mixKeys(visitor.key, ++visitor.requests)
  }

  /** What was due was planned, also where the world was too slow to carry it out. */
  #tellMissed(): void {
    for (const nowMs = this.#options.now(); this.#starts.nextAtMs <= nowMs; this.#starts.advance()) {
      const { phase, place } = this.#starts
      if (isOwn(this.#segment, place)) this.#options.observer.onPlanned?.(phase)
    }
  }

  #pass({ phase, begins }: PhaseMark): void {
    const budget = this.#budgets.get(phase)
    if (begins) {
      budget!.begin(this.#numbers)
      this.#numbers += budget!.places
      for (let i = 0; i < budget!.ownSessions; i++) this.#options.observer.onPlanned?.(phase)
    } else {
      budget?.close()
      this.#guests[phase]!.end()
    }
  }

  /** One session of an open loop, if there is room for it. */
  #start(): void {
    const { observer } = this.#options
    const { phase, place, nextAtMs } = this.#starts
    const number = this.#numbers++
    if (!isOwn(this.#carriedOut, place)) return
    const owned = isOwn(this.#segment, place)
    if (owned) observer.onPlanned?.(phase)
    if (this.#hasRoom && this.#guests[phase]!.hasRoom) {
      this.#enter(new Visitor(number, place, phase, 1, owned, nextAtMs, this.#shared))
    } else if (owned) observer.onDropped(phase)
  }

  #join(phase: number, place: number): Visitor {
    const number = this.#numbers++
    const owned = isOwn(this.#segment, number)
    const forever = Number.POSITIVE_INFINITY
    const visitor = new Visitor(number, place, phase, forever, owned, this.#plannedMs, this.#shared)
    if (!isOwn(this.#carriedOut, number)) return visitor
    if (this.#hasRoom) this.#enter(visitor)
    else this.#waiting.add(visitor)
    return visitor
  }

  #move(visitor: Visitor, phase: number): void {
    if (visitor.isPresent) this.#headcount.move(visitor, phase)
    visitor.phase = phase
  }

  /** Who is not needed any more may finish the session, if the phase lets its users. */
  #leave(visitor: Visitor): void {
    this.#waiting.delete(visitor)
    if (!visitor.isPresent) return
    const guests = this.#guests[visitor.phase]!
    if (this.#ended || guests.graceMs === 0) return this.#cut(visitor)
    visitor.sessionsLeft = 0
    visitor.cutAtMs = this.#plannedMs + guests.graceMs
    guests.add(visitor)
  }

  /** Whoever waits for room, and every free user of a phase with sessions left, gets going. */
  #fillUp(): void {
    for (const visitor of this.#waiting) {
      if (!this.#hasRoom) return
      this.#waiting.delete(visitor)
      // Users of a closed loop begin when they can: that there was no room is no latency of the target's.
      visitor.intendedStartMs = this.#plannedMs
      this.#enter(visitor)
    }
    for (const [phase, budget] of this.#budgets) {
      for (let place = budget.peek(); place !== -1 && this.#hasRoom; place = budget.peek()) {
        budget.take()
        const [number, owned] = [budget.firstNumber + place, budget.isOwn(place)]
        const { sessionsEach } = budget
        this.#enter(new Visitor(number, place, phase, sessionsEach, owned, this.#plannedMs, this.#shared))
      }
    }
  }

  get #hasRoom(): boolean {
    return this.#headcount.all < this.#most && this.#sessions.hasAccount
  }

  #enter(visitor: Visitor): void {
    visitor.isPresent = true
    this.#headcount.enter(visitor)
    if (visitor.sessionsLeft !== Number.POSITIVE_INFINITY) this.#guests[visitor.phase]!.add(visitor)
    this.#sessions.begin(visitor)
  }

  #cutDue(guests: PhaseGuests, atMs: number): void {
    for (const visitor of guests.all) {
      if (visitor.cutAtMs > atMs) return
      this.#cut(visitor)
    }
  }

  #cut(visitor: Visitor): void {
    this.#sessions.end(visitor, undefined)
    this.#depart(visitor)
  }

  #depart(visitor: Visitor): void {
    visitor.gone = true
    visitor.isPresent = false
    this.#headcount.depart(visitor)
    if (this.#guests[visitor.phase]!.remove(visitor)) this.#budgets.get(visitor.phase)?.release()
  }

  #settle(): void {
    this.#headcount.tell(this.#options.now())
    this.#over = this.#headcount.all === 0 && this.nextAtMs() === Number.POSITIVE_INFINITY
  }
}
