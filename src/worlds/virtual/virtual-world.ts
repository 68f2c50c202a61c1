/**
 * The virtual world: sessions, balancer and shop driven from one event queue, in virtual time.
 *
 * Nothing here decides anything about traffic, routing or the shop; it carries requests from one to the other and
 * says what time it is. A run is a function of the scenario, the policy and the seed, to the byte.
 */
import { type CallStep, mixKeys, type Process, RandomStreams, type Reply } from '../../core/index.ts'
import type { DecisionLog, ExperienceLog } from '../../experience/index.ts'
import type { PolicyFactory, ServiceRouter } from '../../routing/index.ts'
import { type Scenario, SERVICES, type ServiceName, scenarioDurationMs } from '../../scenario/index.ts'
import {
  isReply,
  noInstance,
  overloaded,
  type Replica,
  Shop,
  type SpeedChange,
  speedChanges,
} from '../../shop/index.ts'
import { type SessionResult, sessionStarts } from '../../traffic/index.ts'
import { createRouters } from '../routers.ts'
import type { DecisionObserver, RunObserver } from '../run-observer.ts'
import { TracedOrigin } from '../trace-id.ts'
import { type Visitor, Visitors } from '../visitors.ts'
import {
  Agenda,
  ARRIVAL,
  CROWD,
  indexOf,
  kindOf,
  PATIENCE,
  POLL,
  REPLICA,
  REPLY,
  RESUME,
  SPEED,
} from './agenda.ts'
import { CallReports } from './call-reports.ts'
import { Patience } from './patience.ts'
import { Pool } from './pool.ts'
import { ReplicaBank } from './replica-bank.ts'
import type { Call, Task } from './task.ts'

export interface VirtualWorldOptions<Log extends DecisionLog = ExperienceLog> {
  readonly scenario: Scenario
  readonly seed: number
  readonly policies: PolicyFactory
  readonly observer: RunObserver
  readonly decisions: DecisionObserver
  /** Makes the log of the run, if it is to be recorded. */
  readonly record?: (routers: readonly ServiceRouter[]) => Log
}

export class VirtualWorld<Log extends DecisionLog = ExperienceLog> {
  readonly routers: readonly ServiceRouter[]
  readonly log: Log | undefined
  readonly #scenario: Scenario
  readonly #reports: CallReports
  readonly #agenda: Agenda
  readonly #shop: Shop
  readonly #visitors: Visitors
  readonly #replicas: ReplicaBank
  readonly #patience: Patience
  readonly #speedChanges: SpeedChange[]
  readonly #arrivals: Iterator<number>[]
  readonly #calls = new Pool<Call>((slot) => ({ slot, serial: 0 }) as Call)
  readonly #paused = new Pool<{ slot: number; task: Task }>((slot) => ({ slot, task: undefined! }))
  readonly #profiles: readonly string[]
  readonly #endMs: number
  readonly #now = (): number => this.#agenda.nowMs
  #callsUnderWay = 0
  #ended = false
  #closed = false

  constructor(options: VirtualWorldOptions<Log>) {
    const { scenario, seed, observer } = options
    const streams = new RandomStreams(seed)
    this.#scenario = scenario
    this.#agenda = new Agenda(scenario.shop.hopMs)
    this.#shop = new Shop(scenario)
    this.#replicas = new ReplicaBank(this.#shop, scenario, this.#agenda)
    this.#patience = new Patience(scenario.client.timeoutMs, this.#calls, this.#agenda)
    this.#profiles = Object.keys(scenario.behaviors)
    this.routers = createRouters(scenario, options.policies, streams)
    this.log = options.record?.(this.routers)
    this.#reports = new CallReports(options, this.routers, this.log)
    this.#visitors = new Visitors({
      scenario,
      seed,
      accountPrefix: 'v',
      observer,
      now: this.#now,
      begin: (visitor) => this.#beginSession(visitor),
    })
    this.#speedChanges = speedChanges(scenario)
    this.#arrivals = scenario.phases.map((phase, i) => sessionStarts(phase, streams.stream(`arrivals/${i}`)))
    this.#endMs = scenarioDurationMs(scenario)
    this.#scheduleStart()
  }

  get nowMs(): number {
    return this.#agenda.nowMs
  }

  /** The last request has been answered and nobody is there any more. */
  get over(): boolean {
    return this.#closed
  }

  /** Carries out up to `count` events. */
  step(count: number): void {
    for (let i = 0; i < count && !this.#closed; i++) {
      if (this.#agenda.nextTimeMs > this.#endMs) this.#end()
      if (this.#ended && this.#callsUnderWay === 0) return this.close()
      this.#carryOut(this.#agenda.takeNext())
    }
  }

  /** Ends the run here: users leave, and what is still open is recorded as cut. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#visitors.end()
    this.log?.close(this.nowMs, (service) => this.routers[service]!.closingState(this.nowMs))
  }

  /** The scenario is over: everybody leaves, and only what they have asked for is carried on. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#agenda.skipTo(this.#endMs)
    this.#visitors.end()
  }

  #scheduleStart(): void {
    this.#agenda.schedule(this.#visitors.crowd.nextChangeAtMs(), CROWD, 0)
    this.#agenda.schedule(0, POLL, 0)
    for (const [i, change] of this.#speedChanges.entries()) this.#agenda.schedule(change.atMs, SPEED, i)
    for (let phase = 0; phase < this.#arrivals.length; phase++) this.#scheduleArrival(phase)
  }

  #scheduleArrival(phase: number): void {
    const next = this.#arrivals[phase]!.next()
    if (!next.done) this.#agenda.schedule(next.value, ARRIVAL, phase)
  }

  #carryOut(event: number): void {
    const index = indexOf(event)
    switch (kindOf(event)) {
      case RESUME:
        return this.#resume(index)
      case REPLY:
        return this.#reply(this.#calls.at(index))
      case REPLICA:
        return this.#replicas.look(index, this.#worked)
      case CROWD:
        this.#visitors.advance(this.nowMs)
        return this.#agenda.schedule(this.#visitors.crowd.nextChangeAtMs(), CROWD, 0)
      case ARRIVAL:
        this.#visitors.arrive(index)
        return this.#scheduleArrival(index)
      case SPEED:
        return this.#replicas.changeSpeed(this.#speedChanges[index]!)
      case POLL:
        this.#replicas.report(this.routers)
        return this.#agenda.schedule(this.nowMs + this.#scenario.shop.pollMs, POLL, 0)
      case PATIENCE:
        return this.#patience.end(this.#abandon)
    }
  }

  // --- processes -----------------------------------------------------------------------------------------------

  #beginSession(visitor: Visitor): void {
    this.#advance(
      {
        process: visitor.process,
        visitor,
        session: visitor.session,
        answers: undefined,
        origin: undefined,
        key: visitor.key,
        calls: 0,
      },
      undefined,
    )
  }

  #resume(slot: number): void {
    const entry = this.#paused.at(slot)
    const task = entry.task
    this.#paused.free(entry)
    this.#advance(task, undefined)
  }

  /** Lets a process go on until it waits for something, or is done. */
  #advance(task: Task, input: Reply | undefined): void {
    const { visitor } = task
    if (visitor !== undefined && (visitor.gone || visitor.session !== task.session)) return
    let next = task.process.next(input)
    while (next.done !== true) {
      const step = next.value
      if (step.kind === 'call') return this.#call(task, step)
      if (step.kind === 'pause') {
        const entry = this.#paused.take()
        entry.task = task
        return this.#agenda.schedule(this.nowMs + step.ms, RESUME, entry.slot)
      }
      this.#spawn(task, step.process)
      next = task.process.next(undefined)
    }
    if (visitor !== undefined) this.#visitors.finish(visitor, next.value as SessionResult)
    else if (task.answers !== undefined) this.#answered(task.answers, next.value as Reply)
  }

  #spawn(parent: Task, process: Process<void>): void {
    const key = mixKeys(parent.key, ++parent.calls)
    this.#advance({ ...parent, process, answers: undefined, key, calls: 0 }, undefined)
  }

  // --- calls ---------------------------------------------------------------------------------------------------

  #call(caller: Task, step: CallStep): void {
    const call = this.#calls.take()
    this.#callsUnderWay++
    call.serial++
    call.step = step
    call.caller = caller
    call.startMs = this.nowMs
    call.pending = undefined
    call.abandoned = false
    call.queueMs = Number.NaN
    call.workMs = Number.NaN
    call.boundMs = this.#scenario.shop.hopMs
    if (caller.visitor !== undefined) this.#startOf(call, caller.visitor)
    else {
      call.key = mixKeys(caller.key, ++caller.calls)
      call.origin = caller.origin!
    }
    this.#route(call)
  }

  /** A client's own request: it gets a trace of its own and a deadline. */
  #startOf(call: Call, visitor: Visitor): void {
    call.key = this.#visitors.nextRequestKey(visitor)
    call.origin = new TracedOrigin(call.key, 0, visitor.phase, this.#profiles.indexOf(visitor.profile))
    this.#patience.start(call)
  }

  #route(call: Call): void {
    const { request } = call.step
    const service = SERVICES.indexOf(request.service as ServiceName)
    const router = this.routers[service]!
    const match = this.#shop.match(request)
    const route = this.#shop.routeOf(match)
    const instance = router.decide(this.nowMs, route)
    call.service = service
    call.match = match
    call.instance = instance
    if (instance === -1) return this.#answered(call, noInstance(request.service))
    call.pending = this.log?.onDecision(
      service,
      router.observation,
      instance,
      router.propensities,
      route,
      call.origin,
    )
    router.onStart(instance)
    const workMs = this.#shop.workMs(match, call.key)
    call.boundMs += workMs / this.#replicas.fastest(service)
    const taken = this.#replicas.arrive(service, instance, call.slot, workMs)
    if (!taken) this.#answered(call, overloaded(request, this.nowMs))
  }

  /** A replica has done its work for a call. */
  readonly #worked = (slot: number, replica: Replica): void => {
    const call = this.#calls.at(slot)
    call.queueMs = replica.completedQueueMs
    call.workMs = replica.completedWorkMs
    this.#handle(call)
  }

  #handle(call: Call): void {
    const result = this.#shop.handle(call.step.request, call.match, this.#now)
    if (isReply(result)) return this.#answered(call, result)
    const origin = call.origin.nextHop()
    this.#advance(
      { process: result, visitor: undefined, session: -1, answers: call, origin, key: call.key, calls: 0 },
      undefined,
    )
  }

  /** The service has its answer; the network takes its time to bring it back. */
  #answered(call: Call, reply: Reply): void {
    call.reply = reply
    this.#agenda.scheduleReply(call.slot)
  }

  #reply(call: Call): void {
    this.#reports.answered(call, this.nowMs)
    const { caller, reply, boundMs } = call
    if (caller.visitor !== undefined && !call.abandoned) this.#reports.finished(call, reply, this.nowMs)
    if (caller.answers !== undefined) caller.answers.boundMs += boundMs
    const resumed = !call.abandoned
    this.#callsUnderWay--
    call.serial++
    this.#calls.free(call)
    if (resumed) this.#advance(caller, reply)
  }

  /** The client's patience has ended: it goes on without an answer, while the shop works on regardless. */
  readonly #abandon = (call: Call): void => {
    const reply: Reply = { status: 0, failure: 'timeout' }
    call.abandoned = true
    this.#reports.finished(call, reply, this.nowMs)
    this.#advance(call.caller, reply)
  }
}
