/**
 * The balancer's decisions about calls: which instance, told to the log, and what its policy asks for besides. What an
 * instance then does with a call is none of its business.
 */
import type { Random } from '../../core/index.ts'
import type { DecisionLog } from '../../experience/index.ts'
import { contextFeature, type ServiceRouter } from '../../routing/index.ts'
import { type Scenario, SERVICES, type ServiceName } from '../../scenario/index.ts'
import { noInstance, type Shop, shed } from '../../shop/index.ts'
import type { Agenda } from './agenda.ts'
import type { Call } from './call.ts'
import type { CallReports } from './call-reports.ts'
import { Probes } from './probes.ts'
import type { ReplicaBank } from './replica-bank.ts'
import { TrueStates } from './true-states.ts'

const ELIGIBLE = contextFeature('eligible')

export interface DecisionsOptions {
  readonly scenario: Scenario
  readonly agenda: Agenda
  /** In the order of SERVICES. */
  readonly routers: readonly ServiceRouter[]
  readonly log: DecisionLog | undefined
  readonly reports: CallReports
  /** By service: what its policy draws the targets of probes from. */
  readonly probeRandoms: readonly Random[]
}

export class Decisions {
  readonly probes: Probes
  readonly #options: DecisionsOptions
  readonly #shop: Shop
  readonly #truths: TrueStates
  readonly #tried = [-1]

  constructor(options: DecisionsOptions, shop: Shop, replicas: ReplicaBank) {
    const { agenda, routers, probeRandoms, scenario } = options
    this.#options = options
    this.#shop = shop
    this.#truths = new TrueStates(routers, replicas)
    this.probes = new Probes({ agenda, replicas, routers, randoms: probeRandoms, hopMs: scenario.shop.hopMs })
  }

  /** Finds an instance for a call. Without one, the call has the balancer's own reply, and the result is false. */
  decide(call: Call): boolean {
    const { agenda, routers, reports } = this.#options
    const shop = this.#shop
    const { request } = call.step
    const service = SERVICES.indexOf(request.service as ServiceName)
    call.service = service
    call.match = shop.match(request)
    this.#lookFor(call)
    const router = routers[service]!
    const route = shop.routeOf(call.match)
    call.instance = router.decide(agenda.nowMs, route, request.path)
    if (call.instance !== -1) {
      this.#begin(call, route, undefined)
      return true
    }
    reports.shed(call)
    this.probes.send(service)
    const eligible = router.observation.context[ELIGIBLE]!
    call.reply = eligible === 0 ? noInstance(request.service) : shed(request.service)
    return false
  }

  /** Finds an instance for a copy of a call: another one than `call` has. The result is false if there is none. */
  decideAgain(copy: Call, call: Call): boolean {
    const { agenda, routers, log } = this.#options
    const shop = this.#shop
    const { service, match, instance } = call
    copy.service = service
    copy.match = match
    this.#lookFor(copy)
    this.#tried[0] = instance
    const route = shop.routeOf(match)
    copy.instance = routers[service]!.decideAnother(agenda.nowMs, route, call.step.request.path, this.#tried)
    if (copy.instance === -1) return false
    this.#begin(copy, route, log?.decisionOf(call.pending))
    return true
  }

  /** An oracle sees how things are before it decides about a call. */
  #lookFor({ service, match, key }: Call): void {
    if (this.#truths.needed(service))
      this.#truths.fill(service, this.#shop.workMs(match, key), this.#options.agenda.nowMs)
  }

  #begin(call: Call, route: number, retryOf: number | undefined): void {
    const { agenda, routers, log } = this.#options
    const { service, instance, origin } = call
    call.route = route
    const router = routers[service]!
    const { observation, propensities, policy } = router
    call.pending = log?.onDecision(
      service,
      observation,
      instance,
      propensities,
      route,
      origin,
      policy,
      retryOf,
    )
    router.onStart(instance, agenda.nowMs, route)
    this.probes.send(service)
  }
}
