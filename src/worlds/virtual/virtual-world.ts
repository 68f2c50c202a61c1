/**
 * The virtual world: sessions, balancer and shop driven from one event queue, in virtual time.
 *
 * Nothing here decides anything about traffic, routing or the shop; it carries requests from one to the other and
 * says what time it is. A run is a function of the scenario, the policy and the seed, to the byte.
 */
import { RandomStreams, type Reply } from '../../core/index.ts'
import type { DecisionLog, ExperienceLog } from '../../experience/index.ts'
import type { PolicyFactory, ServiceRouter } from '../../routing/index.ts'
import { requireServices, type Scenario } from '../../scenario/index.ts'
import { ConditionTimeline } from '../../shop/index.ts'
import { ClientPolicy, type Segment } from '../../traffic/index.ts'
import { createRouters } from '../routers.ts'
import type { DecisionObserver, RunObserver } from '../run-observer.ts'
import type { Visitor } from '../visitor.ts'
import { Visitors } from '../visitors.ts'
import {
  Agenda,
  ATTEMPT,
  CONDITION,
  COPY_PATIENCE,
  HEDGE,
  indexOf,
  kindOf,
  PATIENCE,
  PLAN,
  POLL,
  PROBE,
  REPLICA,
  REPLY,
  RESUME,
  WAKE,
} from './agenda.ts'
import { CallReports } from './call-reports.ts'
import { Calls } from './calls.ts'
import { EventBudget } from './event-budget.ts'
import { Slots } from './slots.ts'
import { UserRequests } from './user-requests.ts'

export interface VirtualWorldOptions<Log extends DecisionLog = ExperienceLog> {
  readonly scenario: Scenario
  readonly seed: number
  readonly policies: PolicyFactory
  readonly observer: RunObserver
  readonly decisions: DecisionObserver
  /** The share of the run that observers are told of; all of it is simulated, for its sessions meet in queues. */
  readonly segment?: Segment | undefined
  /** Makes the log of the run, if it is to be recorded. */
  readonly record?: (routers: readonly ServiceRouter[]) => Log
}

export class VirtualWorld<Log extends DecisionLog = ExperienceLog> {
  readonly routers: readonly ServiceRouter[]
  readonly log: Log | undefined
  readonly #scenario: Scenario
  readonly #agenda: Agenda
  readonly #budget: EventBudget
  readonly #visitors: Visitors
  readonly #requests: UserRequests
  readonly #conditions: ConditionTimeline
  readonly #calls: Calls
  /** Users who think. */
  readonly #thinking = new Slots<Visitor>()
  #ended = false
  #closed = false
  #halted = false
  #stopped: string | undefined

  constructor(options: VirtualWorldOptions<Log>) {
    const { scenario, seed, observer } = options
    requireServices(scenario)
    const streams = new RandomStreams(seed)
    this.#scenario = scenario
    this.#agenda = new Agenda(scenario.shop.hopMs)
    this.#budget = new EventBudget(scenario.maxEvents)
    this.#conditions = new ConditionTimeline(scenario, seed)
    this.routers = createRouters(scenario, options.policies, streams)
    this.log = options.record?.(this.routers)
    const reports = new CallReports(options, this.routers, this.log)
    this.#visitors = new Visitors({
      scenario,
      seed,
      accountPrefix: 'v',
      segment: options.segment,
      simulatesAll: true,
      observer,
      now: () => this.#agenda.nowMs,
      begin: (visitor) => this.#goOn(visitor, undefined),
    })
    this.#requests = new UserRequests({
      agenda: this.#agenda,
      policy: new ClientPolicy(scenario.client),
      visitors: this.#visitors,
      reports,
      attempt: (request) => this.#calls.attempt(request),
      resume: (visitor, reply) => this.#goOn(visitor, reply),
    })
    this.#calls = new Calls({
      scenario,
      agenda: this.#agenda,
      routers: this.routers,
      log: this.log,
      reports,
      probeRandoms: this.routers.map(({ service }) => streams.stream(`probes/${service}`)),
      answered: (attempt, reply, boundMs) => this.#requests.answered(attempt, reply, boundMs),
      clientGaveUp: (attempt) => this.#requests.giveUp(attempt),
    })
    this.#scheduleStart()
  }

  get nowMs(): number {
    return this.#agenda.nowMs
  }

  /** The last request has been answered and nobody is there any more. */
  get over(): boolean {
    return this.#closed
  }

  /** Why the run was stopped before its time, if it was. */
  get stopped(): string | undefined {
    return this.#stopped
  }

  /** Carries out up to `count` events. */
  step(count: number): void {
    for (let i = 0; i < count && !this.#closed && !this.#halted; i++) {
      const nextMs = this.#agenda.nextTimeMs
      // Whatever happens at the very time at which the last user leaves still belongs to the run.
      if (this.#visitors.over && nextMs > this.nowMs) this.#end()
      if (this.#ended && this.#calls.underWay === 0) return this.close()
      this.#stopped = this.#budget.spend(nextMs, this.nowMs, this.#calls.underWay)
      if (this.#stopped !== undefined) return this.close()
      this.#carryOut(this.#agenda.takeNext())
    }
  }

  /** Carries no further event out: whoever drives the world is to close it. */
  halt(): void {
    this.#halted = true
  }

  /** Ends the run here: users leave, and what is still open is recorded as cut. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#visitors.end()
    this.#requests.cut()
    this.log?.close(this.nowMs, (service) => this.routers[service]!.closingState(this.nowMs))
  }

  /** The scenario is over: everybody leaves, and only what they have asked for is carried on. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#visitors.end()
    this.#requests.cut()
  }

  #scheduleStart(): void {
    this.#agenda.schedule(this.#visitors.nextAtMs(), PLAN, 0)
    this.#agenda.schedule(0, POLL, 0)
    this.#agenda.schedule(this.#conditions.nextAtMs, CONDITION, 0)
  }

  #carryOut(event: number): void {
    const index = indexOf(event)
    switch (kindOf(event)) {
      case WAKE:
        return this.#goOn(this.#thinking.take(index), undefined)
      case REPLY:
        return this.#calls.reply(index)
      case REPLICA:
        return this.#calls.look(index)
      case PLAN:
        this.#visitors.advance(this.nowMs)
        return this.#agenda.schedule(this.#visitors.nextAtMs(), PLAN, 0)
      case CONDITION:
        this.#calls.change(this.#conditions.take())
        return this.#agenda.schedule(this.#conditions.nextAtMs, CONDITION, 0)
      case POLL:
        if (this.#ended) return
        this.#calls.poll()
        return this.#agenda.schedule(this.nowMs + this.#scenario.shop.pollMs, POLL, 0)
      case PATIENCE:
        return this.#calls.patienceEnds(index)
      case RESUME:
        return this.#calls.resume(index)
      case ATTEMPT:
        return this.#requests.goOn(index)
      case PROBE:
        return this.#calls.probe(index)
      case HEDGE:
        return this.#calls.hedge(index)
      case COPY_PATIENCE:
        return this.#calls.copyPatienceEnds(index)
    }
  }

  /** Lets the session of a user go on until it waits for something, or is done. */
  #goOn(visitor: Visitor, input: Reply | undefined): void {
    if (visitor.gone) return
    const next = visitor.process.next(input)
    if (next.done === true) return this.#visitors.finish(visitor, next.value)
    const step = next.value
    if (step.kind === 'call') return this.#requests.begin(visitor, step)
    if (step.kind === 'spawn') throw new Error('a session spawned a process')
    this.#agenda.schedule(this.nowMs + step.ms, WAKE, this.#thinking.put(visitor))
  }
}
