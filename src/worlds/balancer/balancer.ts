/**
 * The balancer: an HTTP/1.1 reverse proxy in front of the instances of services, whose policies choose among them.
 *
 * The way of a request: `front-server.ts` takes it in, `admission.ts` may refuse it, `service-matcher.ts` says whose it
 * is, and from there on it is a `passage.ts`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RandomStreams } from '../../core/index.ts'
import type { DecisionLog } from '../../experience/index.ts'
import { refuseOracles, ServiceRouter } from '../../routing/index.ts'
import type { BalancerConfig, ServiceConfig } from '../../scenario/index.ts'
import type { DecisionObserver } from '../run-observer.ts'
import { refusalOf, requestTarget } from './admission.ts'
import { BalancedService, type PolicyResolver } from './balanced-service.ts'
import type { ClientRequest, ClientResponse } from './client-exchange.ts'
import type { BalancerControl, Refusals } from './control.ts'
import { type Entrance, FrontServer } from './front-server.ts'
import { HealthChecks } from './health-checks.ts'
import { Passage } from './passage.ts'
import type { PassageSetting } from './passage-setting.ts'
import { Patience } from './patience.ts'
import type { Recorder } from './recorder.ts'
import { reply } from './replies.ts'
import { OriginReader } from './request-origin.ts'
import { RetryRule } from './retries.ts'
import { type RouteClassifier, routeClassifier, routeClassNames } from './route-classes.ts'
import { ServiceMatcher } from './service-matcher.ts'
import { usesModel } from './uses-model.ts'

export interface BalancerOptions {
  readonly config: BalancerConfig
  readonly policies: PolicyResolver
  readonly seed: number
  /** Milliseconds since the start. */
  readonly now: () => number
  /** Records decisions; made when the routers are there. It knows no other instances: then none can be added. */
  readonly log?: (routers: readonly ServiceRouter[]) => DecisionLog
  readonly recorder?: Recorder
  readonly observer?: DecisionObserver
  /** In place of the route classes of the config. */
  readonly routesOf?: (service: ServiceConfig) => RouteClassifier
  /** Names that clients may say of themselves. */
  readonly phases?: readonly string[]
  readonly profiles?: readonly string[]
  /** Told what an operator should know. */
  readonly onMessage?: (text: string) => void
  /** Answers what is no service's, if it can. */
  readonly others?: (request: IncomingMessage, response: ServerResponse) => boolean
}

export class Balancer implements BalancerControl {
  readonly services: readonly BalancedService[]
  readonly startedAt = new Date()
  readonly now: () => number
  readonly recorder: Recorder | undefined
  readonly #options: BalancerOptions
  readonly #front: FrontServer
  readonly #matcher: ServiceMatcher
  readonly #origins: OriginReader
  readonly #setting: PassageSetting
  readonly #checks: readonly HealthChecks[]
  readonly #log: DecisionLog | undefined
  #unserved = 0

  /** @throws UsageError, LearningError if a policy cannot be had here */
  constructor(options: BalancerOptions) {
    const { config, now } = options
    const { listen, limits, timeouts, headers, compat } = config
    this.#options = options
    this.now = now
    this.recorder = options.recorder
    const routers = createRouters(options)
    this.#log = options.log?.(routers) ?? options.recorder
    this.services = createServices(options, routers)
    this.#matcher = new ServiceMatcher(config.services)
    this.#origins = new OriginReader(options.phases ?? [], options.profiles ?? [])
    this.#checks = this.services.map((service) => new HealthChecks(service, now))
    this.#setting = {
      limits,
      timeouts,
      headers,
      compat,
      patience: new Patience(timeouts.answerMs, now),
      retries: new RetryRule(config.retries),
      log: this.#log,
      observer: options.observer,
      now,
      draining: false,
    }
    this.#front = new FrontServer({
      listen,
      limits,
      timeouts,
      now,
      handler: {
        onRequest: (request, response, entrance) => this.#handle(request, response, entrance),
        // What is plain needs no admission; what is no service's may be for others, who know `node:http` only.
        onQuickRequest: (request, response, entrance) => this.#pass(request, response, entrance),
      },
    })
  }

  get url(): string {
    return this.#front.url
  }

  get draining(): boolean {
    return this.#setting.draining
  }

  get refusals(): Refusals {
    const { malformedRequests, refusedConnections } = this.#front
    return { malformed: malformedRequests, connections: refusedConnections, unserved: this.#unserved }
  }

  /** @throws TargetError if the address cannot be had */
  async start(): Promise<void> {
    await this.#front.start()
    this.#setting.patience.start()
    for (const checks of this.#checks) checks.start()
  }

  async reloadModels(): Promise<void> {
    const prepared = this.services
      .filter(({ policy }) => usesModel(policy))
      .map((service) => service.preparePolicy(service.policy))
    for (const use of prepared) use()
  }

  /** Takes no new connections, finishes what is under way as far as that is done in time, and writes its records. */
  async drain(patienceMs = this.#options.config.timeouts.drainMs): Promise<void> {
    this.#setting.draining = true
    await this.#front.drain(patienceMs)
    await this.#end()
  }

  /** Breaks what is under way, and writes its records. */
  async close(): Promise<void> {
    this.#setting.draining = true
    await this.#front.close()
    await this.#end()
  }

  async #end(): Promise<void> {
    this.#setting.patience.stop()
    for (const checks of this.#checks) checks.stop()
    await Promise.all(this.services.map((service) => service.close()))
    this.#log?.close(this.now(), (service) => this.services[service]!.router.closingState(this.now()))
    await this.recorder?.finish()
  }

  #handle(request: IncomingMessage, response: ServerResponse, entrance: Entrance): void {
    const refusal = refusalOf(request, this.#setting.limits)
    if (refusal !== undefined) {
      this.#unserved++
      return reply(response, refusal.status, { error: refusal.error }, [], true)
    }
    if (this.#pass(request, response, entrance)) return
    if (entrance.awaited && this.#options.others !== undefined) response.writeContinue()
    if (this.#options.others?.(request, response) === true) return
    this.#unserved++
    reply(response, 404, { error: this.#nobodys(request.url!) }, [], entrance.last)
  }

  /** Returns whether it is a service's. */
  #pass(request: ClientRequest, response: ClientResponse, entrance: Entrance): boolean {
    const target = requestTarget(request)
    const service = target === undefined ? -1 : this.#matcher.find(target.authority, target.path)
    if (service === -1) return false
    const origin = this.#origins.read(request.headers)
    const arrival = { request, response, target: target!, origin, entrance }
    new Passage(this.#setting, this.services[service]!, arrival).start()
    return true
  }

  #nobodys(url: string): string {
    const prefixes = this.#options.config.services.map(({ match }) =>
      match.host === null ? match.path : `${match.host}${match.path}`,
    )
    return `No service at ${url}: there is ${prefixes.join(', ')}`
  }
}

function createRouters({ config, policies, seed }: BalancerOptions): ServiceRouter[] {
  const streams = new RandomStreams(seed)
  return config.services.map(({ name, instances, policy: text }) => {
    const policy = policies(text)(name)
    refuseOracles(policy)
    return new ServiceRouter({
      service: name,
      instances: instances.map(({ id }) => id),
      weights: instances.map(({ weight }) => weight),
      policy,
      random: streams.stream(`policy/${name}`),
    })
  })
}

function createServices(
  {
    config,
    policies,
    seed,
    now,
    log,
    recorder,
    onMessage,
    routesOf = configuredRoutes(config.services),
  }: BalancerOptions,
  routers: readonly ServiceRouter[],
): BalancedService[] {
  const { connectionsPerInstance, waitingPerInstance } = config.limits
  const streams = new RandomStreams(seed)
  return config.services.map(
    (service, index) =>
      new BalancedService({
        config: service,
        index,
        router: routers[index]!,
        policies,
        routeOf: routesOf(service),
        connections: {
          connections: connectionsPerInstance,
          waiting: waitingPerInstance,
          connectMs: config.timeouts.connectMs,
        },
        retryBudget: config.retries.budget,
        random: streams.stream(`probes/${service.name}`),
        now,
        onMessage,
        onAdded: log === undefined ? (number, id) => recorder?.addInstance(number, id) : undefined,
      }),
  )
}

/** The classes of all services stand in one list, see `routeClassNames`. */
function configuredRoutes(services: readonly ServiceConfig[]): (service: ServiceConfig) => RouteClassifier {
  const unknown = routeClassNames(services).length - 1
  return (service) => {
    const before = services.slice(0, services.indexOf(service))
    const first = before.reduce((sum, { routes }) => sum + routes.length, 0)
    return routeClassifier(service.routes, first, unknown)
  }
}
