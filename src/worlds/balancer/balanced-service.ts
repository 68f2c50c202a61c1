/** One service of the balancer: its router, its instances, and what an operator may do to them. */
import { type Random, UsageError } from '../../core/index.ts'
import { type PolicyFactory, refuseOracles, type ServiceRouter } from '../../routing/index.ts'
import { instanceOrigin, type ServiceConfig } from '../../scenario/index.ts'
import { RetryBudget } from '../../traffic/index.ts'
import type { ConnectionLimits } from './connection-pool.ts'
import type { NewInstance, ServiceControl } from './control.ts'
import { Probes } from './probes.ts'
import type { RouteClassifier } from './route-classes.ts'
import { ServiceTraffic } from './traffic.ts'
import { Upstream } from './upstream.ts'

/** From the text of a policy to what makes it. @throws LoadgenError if it is none, or cannot be had */
export type PolicyResolver = (text: string) => PolicyFactory

export interface BalancedServiceOptions {
  readonly config: ServiceConfig
  /** Its number. */
  readonly index: number
  /** With the instances of the config. */
  readonly router: ServiceRouter
  readonly policies: PolicyResolver
  readonly routeOf: RouteClassifier
  readonly connections: ConnectionLimits
  /** Share of the requests that may be retries; null: all. */
  readonly retryBudget: number | null
  /** For the targets of probes. */
  readonly random: Random
  readonly now: () => number
  /** Told of an instance that is added; undefined if none can be. */
  readonly onAdded: ((service: number, id: string) => void) | undefined
  /** Told what an operator should know. */
  readonly onMessage: ((text: string) => void) | undefined
}

export class BalancedService implements ServiceControl {
  readonly config: ServiceConfig
  readonly index: number
  readonly router: ServiceRouter
  readonly traffic: ServiceTraffic
  readonly routeOf: RouteClassifier
  /** By instance; those that are gone keep their places. */
  readonly upstreams: Upstream[] = []
  readonly budget: RetryBudget | undefined
  readonly probes: Probes
  readonly #options: BalancedServiceOptions
  #policy: string

  constructor(options: BalancedServiceOptions) {
    const { config, retryBudget, now } = options
    this.#options = options
    this.config = config
    this.index = options.index
    this.router = options.router
    this.routeOf = options.routeOf
    this.budget = retryBudget === null ? undefined : new RetryBudget(retryBudget)
    this.#policy = config.policy
    this.traffic = new ServiceTraffic(config.policy, now())
    for (const { url } of config.instances) this.#connect(url)
    this.probes = new Probes(this, options.random, now)
  }

  get name(): string {
    return this.config.name
  }

  get policy(): string {
    return this.#policy
  }

  url(index: number): string | undefined {
    const upstream = this.upstreams[index]
    return upstream === undefined || upstream.gone ? undefined : upstream.url
  }

  healthUrl(index: number): string | undefined {
    const { health } = this.config
    const url = this.url(index)
    return health === null || url === undefined ? undefined : `${url}${health.path}`
  }

  /** Makes the policy, and returns what puts it to work: several services can change together or not at all. */
  preparePolicy(text: string): () => void {
    const { policies, now } = this.#options
    const policy = policies(text)(this.name)
    refuseOracles(policy)
    return () => {
      this.router.use(policy)
      this.#policy = text
      this.traffic.usePolicy(text, now())
    }
  }

  addInstance({ url, id, weight }: NewInstance): number {
    const { onAdded } = this.#options
    if (onAdded === undefined) {
      throw new UsageError(
        `${this.name}: its instances are fixed, since its decisions are recorded: start it without --record`,
      )
    }
    const origin = instanceOrigin(url)
    if (origin === undefined) {
      throw new UsageError(`url "${url}": expected scheme, host and port, such as http://10.0.0.1:8080`)
    }
    if (weight !== undefined && !(weight > 0 && Number.isFinite(weight))) {
      throw new UsageError(`weight: expected a number above 0, got ${weight}`)
    }
    if (this.upstreams.some((upstream) => !upstream.gone && upstream.url === origin)) {
      throw new UsageError(`url "${origin}": ${this.name} has it already: drain it first`)
    }
    const name = id ?? this.#freeId()
    if (!/^[\w.-]+$/.test(name)) {
      throw new UsageError(`id "${name}": expected letters, digits, ".", "_" and - only`)
    }
    if (this.router.instances.some((instance) => instance.id === name)) {
      throw new UsageError(`id "${name}": ${this.name} has or had it already: choose another`)
    }
    const index = this.router.addInstance(name, weight)
    onAdded(this.index, name)
    this.#connect(origin)
    return index
  }

  drainInstance(index: number): void {
    this.upstreams[index]?.drain()
  }

  async close(): Promise<void> {
    await Promise.all(this.upstreams.map((upstream) => upstream.close()))
  }

  #connect(url: string): void {
    const { router, connections: limits, config, onMessage } = this.#options
    const index = this.upstreams.length
    const { passiveFailures } = config
    const { rise, fall } = config.health ?? { rise: 1, fall: 1 }
    this.upstreams.push(new Upstream({ url, index, router, limits, passiveFailures, rise, fall, onMessage }))
  }

  #freeId(): string {
    const taken = new Set(this.router.instances.map(({ id }) => id))
    let number = this.upstreams.length + 1
    while (taken.has(`${this.name}-${number}`)) number++
    return `${this.name}-${number}`
  }
}
