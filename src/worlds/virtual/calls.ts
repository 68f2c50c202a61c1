/**
 * Calls on their way through balancer and replicas. Every call ends: with the answer of an instance, with the balancer's own if it gives the instance up, or both, one of them for
 * nobody.
 */
import { type CallStep, type FailureKind, mixKeys, type Reply } from '../../core/index.ts'
import type { DecisionLog } from '../../experience/index.ts'
import type { ServiceRouter } from '../../routing/index.ts'
import { type Scenario, SERVICES, type ServiceName } from '../../scenario/index.ts'
import {
  type ConditionChange,
  faulty,
  isReply,
  noInstance,
  overloaded,
  plainMint,
  type Replica,
  Shop,
  upstreamFailed,
  type Verdict,
} from '../../shop/index.ts'
import { attemptKey } from '../../traffic/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import { type Agenda, BALANCER, CLIENTS, REPLY } from './agenda.ts'
import { Call } from './call.ts'
import type { CallReports } from './call-reports.ts'
import { Patience } from './patience.ts'
import { ReplicaBank } from './replica-bank.ts'
import { ServiceTasks } from './service-tasks.ts'
import { Slots } from './slots.ts'
import type { Task } from './task.ts'
import type { UserRequest } from './user-request.ts'

export interface CallsOptions {
  readonly scenario: Scenario
  readonly agenda: Agenda
  /** In the order of SERVICES. */
  readonly routers: readonly ServiceRouter[]
  readonly log: DecisionLog | undefined
  readonly reports: CallReports
  /** An attempt at a user's request has its reply. */
  readonly answered: (attempt: Call) => void
  /** The client has waited for an attempt long enough. */
  readonly clientGaveUp: (attempt: Call) => void
}

export class Calls {
  readonly #scenario: Scenario
  readonly #agenda: Agenda
  readonly #routers: readonly ServiceRouter[]
  readonly #log: DecisionLog | undefined
  readonly #reports: CallReports
  readonly #options: CallsOptions
  readonly #shop: Shop
  readonly #replicas: ReplicaBank
  readonly #calls = new Slots<Call>()
  readonly #tasks: ServiceTasks
  readonly #clientPatience: Patience
  readonly #upstreamPatience: Patience
  readonly #now = (): number => this.#agenda.nowMs
  #made = 0
  #underWay = 0

  constructor(options: CallsOptions) {
    const { scenario, agenda, routers, log, reports } = options
    this.#options = options
    this.#scenario = scenario
    this.#agenda = agenda
    this.#routers = routers
    this.#log = log
    this.#reports = reports
    this.#shop = new Shop(scenario, plainMint)
    this.#replicas = new ReplicaBank(this.#shop, scenario, agenda)
    this.#tasks = new ServiceTasks({
      agenda,
      replicas: this.#replicas,
      call: (task, step) => this.#callService(task, step),
      answered: (call, reply) => this.#answered(call, reply),
      died: (call) => this.#calls.take(call.slot),
    })
    this.#clientPatience = new Patience(scenario.client.timeoutMs, this.#calls, agenda, CLIENTS)
    this.#upstreamPatience = new Patience(scenario.routing.timeoutMs, this.#calls, agenda, BALANCER)
  }

  /** Calls that somebody still waits for. */
  get underWay(): number {
    return this.#underWay
  }

  /** Every replica tells the balancer about itself. */
  poll(): void {
    this.#replicas.report(this.#routers)
  }

  /** A REPLICA event has come. */
  look(replica: number): void {
    this.#replicas.look(replica, this.#worked)
  }

  /** A REPLY event has come: an answer is back at the balancer, and from there at whoever asked. */
  reply(slot: number): void {
    const call = this.#calls.take(slot)
    if (!call.delivered) this.#deliver(call)
  }

  /** A RESUME event has come. */
  resume(slot: number): void {
    this.#tasks.resume(slot)
  }

  /** A PATIENCE event has come. */
  patienceEnds(whose: number): void {
    if (whose === CLIENTS) this.#clientPatience.end(this.#options.clientGaveUp)
    else this.#upstreamPatience.end((call) => this.#giveUp(call, 'timeout'))
  }

  /** Something befalls an instance, or ends. */
  change(change: ConditionChange): void {
    const lost = this.#replicas.change(change)
    if (lost === undefined) return
    for (const slot of lost) this.#failed(this.#calls.at(slot)!, 'reset')
    // A crash breaks all its connections; only what has left it already still comes back.
    const { service, instance } = change
    for (const call of this.#calls.all()) {
      if (call.service !== service || call.instance !== instance || call.delivered) continue
      if (call.stage !== 'working' && call.stage !== 'returning') this.#giveUp(call, 'reset')
    }
  }

  /** Sends one attempt at what a user wants: it has a key and a deadline of its own. */
  attempt(request: UserRequest): void {
    const { step, attempts } = request
    const origin = attempts === 0 ? request.origin : request.origin.again(attempts)
    const call = this.#newCall(step, origin, attemptKey(request.key, attempts), request, undefined)
    request.begin(call)
    this.#clientPatience.start(call)
    this.#route(call)
  }

  /** A service needs another one. */
  #callService(caller: Task, step: CallStep): void {
    const key = mixKeys(caller.key, ++caller.calls)
    this.#route(this.#newCall(step, caller.origin, key, undefined, caller))
  }

  #newCall(
    step: CallStep,
    origin: TracedOrigin,
    key: number,
    request: UserRequest | undefined,
    caller: Task | undefined,
  ): Call {
    const { nowMs } = this.#agenda
    const call = new Call(this.#made++, step, origin, key, nowMs, this.#scenario.shop.hopMs, request, caller)
    call.slot = this.#calls.put(call)
    this.#underWay++
    return call
  }

  #route(call: Call): void {
    const { request } = call.step
    const service = SERVICES.indexOf(request.service as ServiceName)
    const router = this.#routers[service]!
    const match = this.#shop.match(request)
    const route = this.#shop.routeOf(match)
    const instance = router.decide(this.#agenda.nowMs, route, request.path)
    call.service = service
    call.match = match
    call.instance = instance
    if (instance === -1) return this.#answered(call, noInstance(request.service))
    call.pending = this.#log?.onDecision(
      service,
      router.observation,
      instance,
      router.propensities,
      route,
      call.origin,
    )
    router.onStart(instance, this.#agenda.nowMs)
    this.#upstreamPatience.start(call)
    const verdict = this.#replicas.condition(service, instance).verdictOf(call.key)
    if (verdict !== undefined) return this.#befall(call, verdict)
    const workMs = this.#shop.workMs(match, call.key)
    call.sizeMs = workMs
    const taken = this.#replicas.arrive(service, instance, call.slot, workMs)
    if (!taken) this.#answered(call, overloaded(request, this.#agenda.nowMs))
  }

  /** A fault takes the call away from its instance. */
  #befall(call: Call, verdict: Verdict): void {
    if (verdict.kind === 'silence') call.stage = 'lost'
    else if (verdict.kind === 'fail') this.#failed(call, verdict.failure, verdict.afterMs)
    else this.#answered(call, faulty(verdict.status, call.step.request, this.#agenda.nowMs), verdict.afterMs)
  }

  /** A replica has done its work for a call. */
  readonly #worked = (slot: number, replica: Replica): void => {
    const call = this.#calls.at(slot)!
    call.queueMs = replica.completedQueueMs
    call.workMs = replica.completedWorkMs
    call.boundMs += call.sizeMs / this.#replicas.fastest(call.service)
    this.#handle(call)
  }

  #handle(call: Call): void {
    const host = this.#replicas.host(call.service, call.instance)
    const result = this.#shop.handle(call.step.request, call.match, this.#now, host)
    if (isReply(result)) return this.#answered(call, result)
    call.stage = 'handling'
    this.#tasks.begin(result, call)
  }

  /** The instance gives no answer: the balancer makes one of its own. */
  #failed(call: Call, failure: FailureKind, afterMs = 0): void {
    call.failure = failure
    this.#answered(call, upstreamFailed(failure), afterMs)
  }

  /** The instance has an answer; the network, and whatever slows it down, take their time to bring it back. */
  #answered(call: Call, reply: Reply, afterMs = 0): void {
    if (call.delivered) {
      this.#calls.take(call.slot)
      return
    }
    call.reply = reply
    const { service, instance } = call
    const spentMs = this.#agenda.nowMs - call.startMs
    const delayMs =
      instance === -1 ? 0 : this.#replicas.condition(service, instance).delayMs(call.key, spentMs) + afterMs
    call.stage = delayMs === 0 ? 'returning' : 'held'
    if (delayMs === 0) this.#agenda.scheduleReply(call.slot)
    else this.#agenda.schedule(this.#agenda.nowMs + delayMs + this.#scenario.shop.hopMs, REPLY, call.slot)
  }

  /** The balancer has waited for an instance long enough, or the instance has gone in the middle of its answer. */
  #giveUp(call: Call, failure: FailureKind): void {
    call.failure = failure
    call.reply = upstreamFailed(failure)
    this.#deliver(call)
    if (call.stage === 'lost') this.#calls.take(call.slot)
  }

  #deliver(call: Call): void {
    this.#reports.answered(call, this.#agenda.nowMs)
    this.#underWay--
    call.delivered = true
    if (call.caller === undefined) {
      if (!call.abandoned) this.#options.answered(call)
      return
    }
    const { answers } = call.caller
    if (answers !== undefined && call.failure === null) answers.boundMs += call.boundMs
    this.#tasks.goOn(call.caller, call.reply)
  }
}
