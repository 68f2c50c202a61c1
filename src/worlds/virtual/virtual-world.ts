/**
 * The virtual world: sessions, balancer and shop driven from one event queue, in virtual time.
 *
 * Nothing here decides anything about traffic, routing or the shop; it carries requests from one to the other and
 * says what time it is. A run is a function of the scenario, the policy and the seed, to the byte.
 */
import {
  type CallStep,
  DeadlineQueue,
  isAsExpected,
  isServerFailure,
  mixKeys,
  type Process,
  RandomStreams,
  type Reply,
} from '../../core/index.ts'
import type { ExperienceLog } from '../../experience/index.ts'
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
import type { DecisionObserver, FinishedRequest, RunObserver } from '../run-observer.ts'
import { TracedOrigin } from '../trace-id.ts'
import { type Visitor, Visitors } from '../visitors.ts'
import { EventQueue } from './event-queue.ts'
import { Pool } from './pool.ts'
import type { Call, Task } from './task.ts'

// An event's payload is its kind in the low bits and a slot or index above.
const KIND_BITS = 3
const KIND_MASK = 7
const RESUME = 0
const REPLY = 1
const REPLICA = 2
const CROWD = 3
const ARRIVAL = 4
const SPEED = 5
const POLL = 6
const DEADLINE = 7

/** A call's slot and serial in one number for the deadline queue: 2^21 slots, 2^32 serials. */
const SLOT_SPAN = 2 ** 21

export interface VirtualWorldOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly policies: PolicyFactory
  readonly observer: RunObserver
  readonly decisions: DecisionObserver
  /** Makes the log of the run, if it is to be recorded. */
  readonly record?: (routers: readonly ServiceRouter[]) => ExperienceLog
}

export class VirtualWorld {
  readonly routers: readonly ServiceRouter[]
  readonly log: ExperienceLog | undefined
  readonly #scenario: Scenario
  readonly #observer: RunObserver
  readonly #decisions: DecisionObserver
  readonly #events = new EventQueue()
  readonly #shop: Shop
  readonly #visitors: Visitors
  readonly #replicas: Replica[] = []
  /** Per replica: when its next look is scheduled. */
  readonly #looks: number[] = []
  readonly #firstReplica: number[] = []
  readonly #fastest: number[]
  readonly #speedChanges: SpeedChange[]
  readonly #arrivals: Iterator<number>[]
  readonly #deadlines: DeadlineQueue
  readonly #calls = new Pool<Call>((slot) => ({ slot, serial: 0 }) as Call)
  readonly #paused = new Pool<{ slot: number; task: Task }>((slot) => ({ slot, task: undefined! }))
  readonly #finished = { boundMs: Number.NaN } as FinishedRequest
  readonly #profiles: readonly string[]
  readonly #endMs: number
  readonly #now = (): number => this.#nowMs
  #deadlineAtMs = Number.POSITIVE_INFINITY
  #nowMs = 0
  #callsUnderWay = 0
  #closed = false

  constructor(options: VirtualWorldOptions) {
    const { scenario, seed, observer } = options
    const streams = new RandomStreams(seed)
    this.#scenario = scenario
    this.#observer = observer
    this.#decisions = options.decisions
    this.#shop = new Shop(scenario)
    this.#profiles = Object.keys(scenario.behaviors)
    this.routers = createRouters(scenario, options.policies, streams)
    this.log = options.record?.(this.routers)
    this.#visitors = new Visitors({
      scenario,
      seed,
      accountPrefix: 'v',
      observer,
      now: this.#now,
      begin: (visitor) => this.#beginSession(visitor),
    })
    for (const service of SERVICES) {
      this.#firstReplica.push(this.#replicas.length)
      this.#replicas.push(...this.#shop.replicas[service])
    }
    this.#looks = this.#replicas.map(() => Number.POSITIVE_INFINITY)
    this.#fastest = SERVICES.map((service) => Math.max(...scenario.shop.services[service].speeds))
    this.#speedChanges = speedChanges(scenario)
    this.#arrivals = scenario.phases.map((phase, i) => sessionStarts(phase, streams.stream(`arrivals/${i}`)))
    this.#deadlines = new DeadlineQueue(scenario.client.timeoutMs)
    this.#endMs = scenarioDurationMs(scenario)
    this.#scheduleStart()
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** The last request has been answered and nobody is there any more. */
  get over(): boolean {
    return this.#closed
  }

  /** Carries out up to `count` events. */
  step(count: number): void {
    for (let i = 0; i < count && !this.#closed; i++) {
      const nextMs = this.#events.nextTimeMs
      const ended = this.#nowMs >= this.#endMs || nextMs > this.#endMs
      if (ended && (this.#callsUnderWay === 0 || nextMs === Number.POSITIVE_INFINITY)) {
        this.#nowMs = Math.max(this.#nowMs, this.#endMs)
        this.close()
        return
      }
      this.#nowMs = nextMs
      this.#carryOut(this.#events.pop())
    }
  }

  /** Ends the run here: users leave, and what is still open is recorded as cut. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#visitors.end()
    this.log?.close(this.#nowMs, (service) => {
      const router = this.routers[service]!
      router.observe(this.#nowMs, router.observation.context[0]!)
      return router.observation
    })
  }

  #scheduleStart(): void {
    this.#schedule(this.#visitors.crowd.nextChangeAtMs(), CROWD, 0)
    this.#schedule(0, POLL, 0)
    for (const [i, change] of this.#speedChanges.entries()) this.#schedule(change.atMs, SPEED, i)
    for (let phase = 0; phase < this.#arrivals.length; phase++) this.#scheduleArrival(phase)
  }

  #schedule(atMs: number, kind: number, index: number): void {
    if (atMs !== Number.POSITIVE_INFINITY) this.#events.push(atMs, (index << KIND_BITS) | kind)
  }

  #scheduleArrival(phase: number): void {
    const next = this.#arrivals[phase]!.next()
    if (!next.done) this.#schedule(next.value, ARRIVAL, phase)
  }

  #carryOut(payload: number): void {
    const index = payload >> KIND_BITS
    switch (payload & KIND_MASK) {
      case RESUME:
        return this.#resume(index)
      case REPLY:
        return this.#reply(this.#calls.at(index))
      case REPLICA:
        return this.#lookAt(index)
      case CROWD:
        this.#visitors.advance(this.#nowMs)
        return this.#schedule(this.#visitors.crowd.nextChangeAtMs(), CROWD, 0)
      case ARRIVAL:
        this.#visitors.arrive(index)
        return this.#scheduleArrival(index)
      case SPEED:
        return this.#changeSpeed(this.#speedChanges[index]!)
      case POLL:
        return this.#poll()
      case DEADLINE:
        return this.#expire()
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
        return this.#schedule(this.#nowMs + step.ms, RESUME, entry.slot)
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
    call.startMs = this.#nowMs
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
    this.#deadlines.add(call.serial * SLOT_SPAN + call.slot, this.#nowMs)
    if (this.#deadlineAtMs === Number.POSITIVE_INFINITY) this.#scheduleDeadline()
  }

  #route(call: Call): void {
    const { request } = call.step
    const service = SERVICES.indexOf(request.service as ServiceName)
    const router = this.routers[service]!
    const match = this.#shop.match(request)
    const route = this.#shop.routeOf(match)
    const instance = router.decide(this.#nowMs, route)
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
    this.#arrive(call, this.#firstReplica[service]! + instance)
  }

  #arrive(call: Call, replica: number): void {
    const workMs = this.#shop.workMs(call.match, call.key)
    call.boundMs += workMs / this.#fastest[call.service]!
    const admission = this.#replicas[replica]!.arrive(call.slot, workMs, this.#nowMs)
    if (admission === 'refused') this.#answered(call, overloaded(call.step.request, this.#nowMs))
    else if (admission === 'working') this.#scheduleLook(replica)
  }

  #scheduleLook(replica: number): void {
    const atMs = this.#replicas[replica]!.nextEventAtMs()
    if (atMs >= this.#looks[replica]!) return
    this.#looks[replica] = atMs
    this.#schedule(atMs, REPLICA, replica)
  }

  /** Takes the jobs that a replica has done by now. */
  #lookAt(index: number): void {
    // An earlier look was scheduled and has been taken: this one is stale.
    if (this.#looks[index] !== this.#nowMs) return
    this.#looks[index] = Number.POSITIVE_INFINITY
    const replica = this.#replicas[index]!
    for (let job = replica.advance(this.#nowMs); job !== -1; job = replica.advance(this.#nowMs)) {
      const call = this.#calls.at(job)
      call.queueMs = replica.completedQueueMs
      call.workMs = replica.completedWorkMs
      this.#handle(call)
    }
    this.#scheduleLook(index)
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
    this.#schedule(this.#nowMs + this.#scenario.shop.hopMs, REPLY, call.slot)
  }

  #reply(call: Call): void {
    const latencyMs = this.#nowMs - call.startMs
    this.#tellBalancer(call, latencyMs)
    const { caller, reply, boundMs } = call
    if (caller.visitor !== undefined && !call.abandoned) this.#tellObserver(call, reply)
    if (caller.answers !== undefined) caller.answers.boundMs += boundMs
    const resumed = !call.abandoned
    this.#callsUnderWay--
    call.serial++
    this.#calls.free(call)
    if (resumed) this.#advance(caller, reply)
  }

  #tellBalancer(call: Call, latencyMs: number): void {
    if (call.instance === -1) return
    const failed = isServerFailure(call.reply)
    this.routers[call.service]!.onAnswer(call.instance, this.#nowMs, latencyMs, failed)
    this.#decisions.onAnswer(call.service, call.instance, latencyMs, failed)
    if (call.pending === undefined) return
    const { queueMs, workMs } = call
    const { status } = call.reply
    this.log!.onOutcome(
      call.pending,
      { status, latencyMs, queueMs, workMs, failure: null, failed },
      this.#nowMs,
    )
  }

  #tellObserver(call: Call, reply: Reply): void {
    const finished = this.#finished
    finished.profile = this.#profiles[call.origin.profile]!
    finished.session = call.caller.session
    finished.action = call.step.name
    finished.service = call.step.request.service
    finished.origin = call.origin
    finished.intendedMs = call.startMs
    finished.startMs = call.startMs
    finished.endMs = this.#nowMs
    finished.reply = reply
    finished.expected = isAsExpected(reply, call.step.expects)
    finished.boundMs = call.boundMs
    this.#observer.onRequest(finished)
  }

  // --- the clock's own events ----------------------------------------------------------------------------------

  #scheduleDeadline(): void {
    this.#deadlines.dropStale(this.#isWaiting)
    this.#deadlineAtMs = this.#deadlines.nextDueAtMs()
    this.#schedule(this.#deadlineAtMs, DEADLINE, 0)
  }

  /** Whether the call that a deadline was set for still has a client waiting. */
  readonly #isWaiting = (id: number): boolean => {
    const call = this.#calls.at(id % SLOT_SPAN)
    return call.serial === Math.floor(id / SLOT_SPAN) && !call.abandoned
  }

  /** Clients whose patience has ended go on without an answer; the shop works on regardless. */
  #expire(): void {
    for (
      let id = this.#deadlines.takeDue(this.#nowMs);
      id !== -1;
      id = this.#deadlines.takeDue(this.#nowMs)
    ) {
      if (!this.#isWaiting(id)) continue
      const call = this.#calls.at(id % SLOT_SPAN)
      const reply: Reply = { status: 0, failure: 'timeout' }
      call.abandoned = true
      this.#tellObserver(call, reply)
      this.#advance(call.caller, reply)
    }
    this.#scheduleDeadline()
  }

  #changeSpeed({ service, factor }: SpeedChange): void {
    const first = this.#firstReplica[SERVICES.indexOf(service)]!
    for (const [i, replica] of this.#shop.replicas[service].entries()) {
      replica.setSpeedFactor(factor, this.#nowMs)
      this.#scheduleLook(first + i)
    }
  }

  #poll(): void {
    for (const [service, router] of this.routers.entries()) {
      for (let i = 0; i < router.instances.length; i++) {
        router.onReport(i, this.#replicas[this.#firstReplica[service]! + i]!.report(this.#nowMs))
      }
    }
    this.#schedule(this.#nowMs + this.#scenario.shop.pollMs, POLL, 0)
  }
}
