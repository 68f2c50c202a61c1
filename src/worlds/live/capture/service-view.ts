/**
 * What a client sees of a service whose balancer is not ours: the same windows as our balancer's, over its own
 * requests only. Where they go is known when they are answered, so requests in flight cannot be told apart by
 * instance; that, and whatever only instances know of themselves, is missing (NaN) unless somebody tells it.
 */
import {
  emptyObservation,
  INSTANCE_FEATURES,
  INSTANCE_WIDTH,
  InstanceTracker,
  instanceFeature,
  type Observation,
  quantize,
} from '../../../routing/index.ts'
import { AnswerWindow } from '../../../stats/index.ts'
import type { FeatureSource } from './feature-sources.ts'
import type { ToldFeatures } from './told-features.ts'

/** As in `ServiceRouter`. */
const RATE_WINDOW_SECONDS = 10
const HEALTHY = instanceFeature('healthy')
const BREAKER_OPEN = instanceFeature('breakerOpen')

export class ServiceView {
  readonly observation: Observation
  readonly #told: ToldFeatures
  /** Numbers of the features that the client measures; the others it has to be told. */
  readonly #measured: readonly number[]
  readonly #instances: InstanceTracker[] = []
  readonly #indexOf = new Map<string, number>()
  readonly #sent = new AnswerWindow(RATE_WINDOW_SECONDS)
  readonly #row = new Float64Array(INSTANCE_WIDTH)
  #inFlight = 0

  /** @param sources of the features, see `featureSources` */
  constructor(service: string, told: ToldFeatures, sources: Readonly<Record<string, FeatureSource | null>>) {
    this.#told = told
    this.#measured = INSTANCE_FEATURES.flatMap((feature, i) => (sources[feature] === 'client' ? [i] : []))
    this.observation = emptyObservation(service)
  }

  /** Ids, in the order in which they were seen. */
  get instances(): readonly string[] {
    return this.#instances.map(({ id }) => id)
  }

  /** -1 if it has not been seen. */
  indexOf(id: string): number {
    return this.#indexOf.get(id) ?? -1
  }

  /** Returns its index, which it keeps for good. */
  addInstance(id: string): number {
    const index = this.#instances.push(new InstanceTracker(id)) - 1
    this.#indexOf.set(id, index)
    const { observation } = this
    observation.count = index + 1
    observation.instances = new Float64Array(observation.count * INSTANCE_WIDTH)
    observation.eligible = new Uint8Array(observation.count)
    return index
  }

  /** A request is about to be sent: refreshes and returns the observation. */
  onSend(nowMs: number, route: number): Observation {
    this.observe(nowMs, route)
    this.#sent.add(nowMs, 0, false)
    this.#inFlight++
    return this.observation
  }

  /** A request has come to its end, wherever it was. */
  onEnd(): void {
    this.#inFlight--
  }

  /** An instance answered, or failed to. */
  onAnswer(index: number, nowMs: number, latencyMs: number, failed: boolean): void {
    const instance = this.#instances[index]!
    instance.onStart()
    instance.onAnswer(nowMs, latencyMs, failed)
  }

  /** Refreshes and returns the observation. */
  observe(nowMs: number, route = this.observation.context[0]!): Observation {
    const { observation } = this
    const { context, eligible } = observation
    observation.nowMs = nowMs
    let candidates = 0
    for (let i = 0; i < this.#instances.length; i++) {
      this.#write(i, nowMs)
      const row = i * INSTANCE_WIDTH
      const { instances } = observation
      // Who is not known to be out is in, as readers of records have it.
      eligible[i] = instances[row + HEALTHY] === 0 || instances[row + BREAKER_OPEN] === 1 ? 0 : 1
      candidates += eligible[i]!
    }
    this.#sent.roll(nowMs)
    context[0] = route
    context[1] = this.#inFlight
    context[2] = quantize(this.#sent.ratePerSecond)
    context[3] = candidates
    // What requests cost, only the instances could tell.
    context.fill(Number.NaN, 4)
    return observation
  }

  #write(index: number, nowMs: number): void {
    const { service, instances } = this.observation
    const tracker = this.#instances[index]!
    const offset = index * INSTANCE_WIDTH
    tracker.writeRow(this.#row, 0, nowMs, Number.NaN, undefined)
    instances.fill(Number.NaN, offset, offset + INSTANCE_WIDTH)
    for (const f of this.#measured) instances[offset + f] = this.#row[f]!
    this.#told.overwrite(service, tracker.id, nowMs, instances, offset)
  }
}
