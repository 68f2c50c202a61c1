/**
 * Calls on their way through balancer and replicas. Every call ends: with the answer of an instance, with the
 * balancer's own if it gives the instance up, or both, one of them for nobody.
 */
import { type CallStep, type FailureKind, mixKeys, type Reply } from '../../core/index.ts'
import type { ServiceRouter } from '../../routing/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import {
  type ConditionChange,
  faulty,
  isReply,
  overloaded,
  plainMint,
  type Replica,
  Shop,
  upstreamFailed,
  type Verdict,
} from '../../shop/index.ts'
import { attemptKey } from '../../traffic/index.ts'
import { type Agenda, REPLY } from './agenda.ts'
import type { Call } from './call.ts'
import type { CallReports } from './call-reports.ts'
import { Decisions, type DecisionsOptions } from './decisions.ts'
import { Hedges } from './hedges.ts'
import { OpenCalls } from './open-calls.ts'
import { ReplicaBank } from './replica-bank.ts'
import { ServiceTasks } from './service-tasks.ts'
import type { Task } from './task.ts'
import type { UserRequest } from './user-request.ts'

export interface CallsOptions extends DecisionsOptions {
  /** An attempt at a user's request has its reply, which could not have come before `boundMs`. */
  readonly answered: (attempt: Call, reply: Reply, boundMs: number) => void
  /** The client has waited for an attempt long enough. */
  readonly clientGaveUp: (attempt: Call) => void
}

export class Calls {
  readonly #scenario: Scenario
  readonly #agenda: Agenda
  readonly #routers: readonly ServiceRouter[]
  readonly #reports: CallReports
  readonly #options: CallsOptions
  readonly #shop: Shop
  readonly #replicas: ReplicaBank
  readonly #decisions: Decisions
  readonly #hedges: Hedges
  readonly #calls: OpenCalls
  readonly #tasks: ServiceTasks
  readonly #now = (): number => this.#agenda.nowMs

  constructor(options: CallsOptions) {
    const { scenario, agenda, routers, reports } = options
    this.#options = options
    this.#scenario = scenario
    this.#agenda = agenda
    this.#routers = routers
    this.#reports = reports
    this.#calls = new OpenCalls(scenario, agenda)
    this.#shop = new Shop(scenario, plainMint)
    this.#replicas = new ReplicaBank(this.#shop, scenario, agenda)
    this.#decisions = new Decisions(options, this.#shop, this.#replicas)
    this.#hedges = new Hedges(agenda, routers, scenario.client.timeoutMs)
    this.#tasks = new ServiceTasks({
      agenda,
      replicas: this.#replicas,
      call: (task, step) => this.#callService(task, step),
      answered: (call, reply) => this.#answered(call, reply),
      died: (call) => this.#calls.close(call.slot),
    })
  }

  /** Calls that somebody still waits for. */
  get underWay(): number {
    return this.#calls.underWay
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
    const call = this.#calls.close(slot)
    if (!call.delivered) this.#deliver(call)
  }

  /** A RESUME event has come. */
  resume(slot: number): void {
    this.#tasks.resume(slot)
  }

  /** A PATIENCE event has come. */
  patienceEnds(whose: number): void {
    this.#calls.patienceEnds(whose, this.#options.clientGaveUp, this.#timedOut)
  }

  /** A PROBE event has come. */
  probe(slot: number): void {
    this.#decisions.probes.goOn(slot)
  }

  /** A HEDGE event has come: the call goes to another instance too, if it is still waited for and there is one. */
  hedge(slot: number): void {
    const call = this.#hedges.due(slot)
    if (call === undefined) return
    const copy = this.#calls.open(call.step, call.origin, call.key)
    if (!this.#decisions.decideAgain(copy, call)) return this.#calls.discard(copy)
    copy.isCopy = true
    copy.twin = call
    call.twin = copy
    this.#send(copy)
  }

  /** A COPY_PATIENCE event has come. */
  copyPatienceEnds(slot: number): void {
    const attempt = this.#hedges.patienceEnds(slot)
    if (attempt !== undefined) this.#options.clientGaveUp(attempt)
  }

  /** Something befalls an instance, or ends. */
  change(change: ConditionChange): void {
    const lost = this.#replicas.change(change)
    if (lost === undefined) return
    for (const slot of lost) this.#failed(this.#calls.at(slot), 'reset')
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
    const call = this.#calls.open(step, origin, attemptKey(request.key, attempts), request)
    request.begin(call)
    this.#calls.awaitedByClient(call)
    this.#route(call)
  }

  /** A service needs another one. */
  #callService(caller: Task, step: CallStep): void {
    const key = mixKeys(caller.key, ++caller.calls)
    this.#route(this.#calls.open(step, caller.origin, key, undefined, caller))
  }

  #route(call: Call): void {
    if (!this.#decisions.decide(call)) return this.#answered(call, call.reply)
    this.#hedges.plan(call)
    this.#send(call)
  }

  /** Brings a call to the instance that was chosen for it. */
  #send(call: Call): void {
    const { service, instance, match, key } = call
    this.#calls.awaitedByBalancer(call)
    const verdict = this.#replicas.condition(service, instance).verdictOf(key)
    if (verdict !== undefined) {
      this.#reports.sent(call, this.#agenda.nowMs)
      return this.#befall(call, verdict)
    }
    const workMs = this.#shop.workMs(match, key)
    call.sizeMs = workMs
    this.#reports.sent(call, this.#agenda.nowMs)
    const taken = this.#replicas.arrive(service, instance, call.slot, workMs)
    if (!taken) this.#answered(call, overloaded(call.step.request, this.#agenda.nowMs))
  }

  /** A fault takes the call away from its instance. */
  #befall(call: Call, verdict: Verdict): void {
    if (verdict.kind === 'silence') call.stage = 'lost'
    else if (verdict.kind === 'fail') this.#failed(call, verdict.failure, verdict.afterMs)
    else this.#answered(call, faulty(verdict.status, call.step.request, this.#agenda.nowMs), verdict.afterMs)
  }

  /** A replica has done its work for a call. */
  readonly #worked = (slot: number, replica: Replica): void => {
    const call = this.#calls.at(slot)
    call.queueMs = replica.completedQueueMs
    call.workMs = replica.completedWorkMs
    call.queueDepth = replica.waiting
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
      this.#calls.close(call.slot)
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

  readonly #timedOut = (call: Call): void => this.#giveUp(call, 'timeout')

  /** The balancer has waited for an instance long enough, or the instance has gone in the middle of its answer. */
  #giveUp(call: Call, failure: FailureKind): void {
    call.failure = failure
    call.reply = upstreamFailed(failure)
    this.#deliver(call)
    if (call.stage === 'lost') this.#calls.close(call.slot)
  }

  #deliver(call: Call): void {
    this.#reports.answered(call, this.#agenda.nowMs)
    this.#calls.delivered(call)
    const asked = this.#hedges.settle(call)
    if (asked === undefined) return
    const { caller } = asked
    if (caller === undefined) return this.#options.answered(asked, call.reply, call.boundMs)
    if (caller.answers !== undefined && call.failure === null) caller.answers.boundMs += call.boundMs
    this.#tasks.goOn(caller, call.reply)
  }
}
