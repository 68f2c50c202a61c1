/**
 * The decisions of a balancer that is not ours, seen from the client: every attempt of a user becomes one record.
 *
 * The state is the one at the time of sending; which instance it was, the answer tells. What the client cannot know
 * is missing, unless Prometheus or an admin API says it; who is not named is not guessed.
 */
import { isServerFailure, type Request } from '../../../core/index.ts'
import type { CallOrigin, ExperienceLog, PendingDecision } from '../../../experience/index.ts'
import { type CaptureSettings, SERVICES, type ServiceName } from '../../../scenario/index.ts'
import { endpoints, RouteTable } from '../../../shop/index.ts'
import { DecisionStatistics } from '../../decision-statistics.ts'
import type { HttpResult } from '../engine/http-client.ts'
import { serverTiming } from '../server-timing.ts'
import { featureSources } from './feature-sources.ts'
import { instanceId, namedInstances } from './instance-name.ts'
import { InstanceShares } from './instance-shares.ts'
import { ServiceView } from './service-view.ts'
import type { ToldFeatures } from './told-features.ts'

/** What balancers answer themselves when they have no instance to name. */
const OF_THE_BALANCER = new Set([502, 503, 504])

export interface CaptureOptions {
  readonly settings: CaptureSettings
  readonly told: ToldFeatures
  /** Of services without instances: they are added as they are discovered. */
  readonly log: ExperienceLog
  readonly now: () => number
  /** A further instance is known. */
  readonly onInstance: () => void
}

/** One attempt on its way. */
export interface CapturedAttempt {
  readonly service: number
  readonly startMs: number
  /** Instances that were known when it was sent. */
  readonly count: number
  readonly pending: PendingDecision
}

/** How much the answers told. */
export interface CaptureCounts {
  /** Attempts that have come to an end. */
  ended: number
  /** Answered; the others ended without a reply. */
  answered: number
  /** The answer named an instance that there is. */
  named: number
  /** Named after others that had failed before it. */
  retried: number
  /** Named something that is no instance, by what it was. */
  readonly strangers: Map<string, number>
}

const MOST_STRANGERS = 20
/** More names than this are not instances: a header that says something else in every answer, say. */
export const MOST_INSTANCES = 200
/** Nor is what is longer than this the name of one. */
const LONGEST_NAME = 200

export class Capture {
  readonly decisions = new DecisionStatistics()
  readonly counts: CaptureCounts = { ended: 0, answered: 0, named: 0, retried: 0, strangers: new Map() }
  readonly #options: CaptureOptions
  readonly #routes = new RouteTable(endpoints)
  readonly #views: readonly ServiceView[]
  readonly #shares = SERVICES.map(() => new InstanceShares())

  constructor(options: CaptureOptions) {
    this.#options = options
    const sources = featureSources(options.settings)
    this.#views = SERVICES.map((service) => new ServiceView(service, options.told, sources))
    for (const [service, name] of SERVICES.entries()) {
      for (const id of new Set(Object.values(options.settings.instances[name] ?? {}))) this.#add(service, id)
    }
  }

  /** Ids of the instances that are known, in the order of the rows. */
  get instances(): Readonly<Record<ServiceName, readonly string[]>> {
    const entries = SERVICES.map((service, i) => [service, this.#views[i]!.instances] as const)
    return Object.fromEntries(entries) as Record<ServiceName, readonly string[]>
  }

  /** An attempt is about to be sent. */
  onSend({ service: name, method, path }: Request, origin: CallOrigin): CapturedAttempt {
    const { log, now } = this.#options
    const service = SERVICES.indexOf(name as ServiceName)
    const route = this.#routes.match(name, method, path)?.route ?? this.#routes.names.length - 1
    const startMs = now()
    const observation = this.#views[service]!.onSend(startMs, route)
    const pending = log.onDecision(service, observation, -1, undefined, route, origin, undefined)
    return { service, startMs, count: observation.count, pending }
  }

  /** It has come to its end. */
  onEnd(attempt: CapturedAttempt, { status, headers, failure }: HttpResult): void {
    const { log, now } = this.#options
    const { service, startMs, pending } = attempt
    const nowMs = now()
    this.#views[service]!.onEnd()
    // We did not wait for what would have come of it: its record has no outcome.
    if (failure === 'aborted') return log.onPassedOver(service, nowMs)
    this.counts.ended++
    const latencyMs = nowMs - startMs
    const failed = isServerFailure({ status })
    if (failure === null) {
      this.counts.answered++
      const action = this.#whoAnswered(attempt, status, headers, latencyMs, failed, nowMs)
      if (action !== -1) this.#resolve(attempt, action)
    }
    const { queueMs, workMs } = serverTiming(headers['server-timing'])
    log.onOutcome(pending, { status, latencyMs, queueMs, workMs, failure, failed }, nowMs)
  }

  /** The run is over: what is still open ends without an outcome. */
  close(nowMs: number): void {
    this.#options.log.close(nowMs, (service) => this.#views[service]!.observe(nowMs))
  }

  /** Index of the instance that answered, or -1. Those that were tried before it have failed. */
  #whoAnswered(
    { service }: CapturedAttempt,
    status: number,
    headers: HttpResult['headers'],
    latencyMs: number,
    failed: boolean,
    nowMs: number,
  ): number {
    const names = namedInstances(headers, this.#options.settings)
    const last = names.length - 1
    if (last === -1) return -1
    const view = this.#views[service]!
    for (const name of names.slice(0, last)) {
      const tried = this.#indexOf(service, name, false)
      if (tried !== -1) view.onAnswer(tried, nowMs, latencyMs, true)
    }
    const index = this.#indexOf(service, names[last]!, !OF_THE_BALANCER.has(status))
    if (index === -1) {
      this.#countStranger(names[last]!)
      return -1
    }
    if (last > 0) this.counts.retried++
    view.onAnswer(index, nowMs, latencyMs, failed)
    this.decisions.onAnswer(service, index, latencyMs, failed)
    return index
  }

  #resolve({ service, count, pending }: CapturedAttempt, action: number): void {
    const { settings, log } = this.#options
    this.counts.named++
    const shares = this.#shares[service]!
    shares.add(action)
    // An instance that was not known when it was chosen had no share in that state.
    const known = settings.estimatePropensities && action < count
    log.resolveAction(pending, action, known ? shares.among(count) : undefined)
  }

  /** @param mayBeNew whether a name that nobody has heard yet is believed to be an instance's */
  #indexOf(service: number, name: string, mayBeNew: boolean): number {
    const id = instanceId(name, this.#options.settings.instances[SERVICES[service]!])
    if (id === undefined) return -1
    const view = this.#views[service]!
    const index = view.indexOf(id)
    if (index !== -1 || !mayBeNew || id.length > LONGEST_NAME) return index
    return view.observation.count < MOST_INSTANCES ? this.#add(service, id) : index
  }

  #add(service: number, id: string): number {
    const index = this.#views[service]!.addInstance(id)
    this.#options.log.addInstance(service, id)
    this.#options.onInstance()
    return index
  }

  #countStranger(said: string): void {
    const { strangers } = this.counts
    const name = said.length > LONGEST_NAME ? `${said.slice(0, LONGEST_NAME)}...` : said
    const known = strangers.get(name)
    if (known !== undefined || strangers.size < MOST_STRANGERS) strangers.set(name, (known ?? 0) + 1)
  }
}
