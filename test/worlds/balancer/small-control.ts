/**
 * A balancer without sockets, to be administered: real routers and policies, requests that are answered at once. A second
 * implementation of the port that the proxy implements.
 */
import { type FailureKind, keyedStream, UsageError } from '../../../src/core/index.ts'
import { ServiceRouter } from '../../../src/routing/index.ts'
import { resolvePolicy } from '../../../src/study/index.ts'
import type { BalancerControl, NewInstance, ServiceControl } from '../../../src/worlds/balancer/control.ts'
import type { Recorder } from '../../../src/worlds/balancer/recorder.ts'
import { ServiceTraffic } from '../../../src/worlds/balancer/traffic.ts'

export class SmallService implements ServiceControl {
  readonly name: string
  readonly router: ServiceRouter
  readonly traffic: ServiceTraffic
  policy: string
  readonly #now: () => number
  readonly #urls: (string | undefined)[]

  constructor(name: string, policy: string, urls: readonly string[], now: () => number) {
    this.name = name
    this.policy = policy
    this.#now = now
    this.#urls = [...urls]
    const instances = urls.map((_, i) => `${name}-${i + 1}`)
    this.router = new ServiceRouter({
      service: name,
      instances,
      policy: resolvePolicy(policy)(name),
      random: keyedStream(7),
    })
    this.traffic = new ServiceTraffic(policy, now())
  }

  url(index: number): string | undefined {
    return this.#urls[index]
  }

  healthUrl(index: number): string | undefined {
    const url = this.url(index)
    return url === undefined ? undefined : `${url}/health`
  }

  preparePolicy(text: string): () => void {
    const policy = resolvePolicy(text)(this.name)
    return () => {
      this.router.use(policy)
      this.traffic.usePolicy(text, this.#now())
      this.policy = text
    }
  }

  addInstance({ url, id, weight }: NewInstance): number {
    if (!URL.canParse(url)) throw new UsageError(`url: "${url}" is none: write http://host:port`)
    if (this.#urls.includes(url)) throw new UsageError(`url: ${url} is taken`)
    this.#urls.push(url)
    return this.router.addInstance(id ?? `${this.name}-${this.#urls.length}`, weight)
  }

  drainInstance(index: number): void {
    this.router.drain(index)
    this.#endIfDrained(index)
  }

  /** One request, up to where it is answered. Returns the answering, or undefined if it was shed. */
  begin(): ((status: number, latencyMs: number, failure?: FailureKind) => void) | undefined {
    const { router, traffic } = this
    const instance = router.decide(this.#now(), 0)
    if (instance === -1) {
      traffic.onShed()
      traffic.onReply(503, 0)
      return undefined
    }
    const { policy } = traffic
    router.onStart(instance, this.#now())
    return (status, latencyMs, failure) => {
      const failed = status === 0 || status >= 500
      router.onAnswer(instance, this.#now(), latencyMs, failed)
      traffic.onAnswer(instance, latencyMs, status, failure ?? null, policy)
      traffic.onReply(status === 0 ? 502 : status, latencyMs)
      this.#endIfDrained(instance)
    }
  }

  serve(status: number, latencyMs: number, failure?: FailureKind): void {
    this.begin()?.(status, latencyMs, failure)
  }

  #endIfDrained(index: number): void {
    const { draining, inFlight } = this.router.instances[index]!
    if (draining && inFlight === 0) this.#urls[index] = undefined
  }
}

export class SmallControl implements BalancerControl {
  readonly services: readonly SmallService[]
  readonly startedAt = new Date(Date.UTC(2026, 0, 1))
  recorder: Recorder | undefined
  draining = false
  /** The clock: it stands unless it is moved. */
  nowMs = 0
  readonly now = (): number => this.nowMs

  /** @param instances how many each service has */
  constructor(policy = 'round-robin', names: readonly string[] = ['cart', 'order'], instances = 2) {
    this.services = names.map((name, s) => {
      const urls = Array.from({ length: instances }, (_, i) => `http://10.0.${s}.${i + 1}:8080`)
      return new SmallService(name, policy, urls, this.now)
    })
  }

  /** All are read before any is used. */
  async reloadModels(): Promise<void> {
    const prepared = this.services.map((service) => service.preparePolicy(service.policy))
    for (const use of prepared) use()
  }
}
