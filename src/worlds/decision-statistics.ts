/** What the balancer saw, summed up: per service a histogram, per instance counts. Can cross a process border. */
import { SERVICES } from '../scenario/index.ts'
import { ExactSum, type ExactSumJson, Histogram, type HistogramJson, type Mergeable } from '../stats/index.ts'
import type { DecisionObserver } from './run-observer.ts'

export interface InstanceStatisticsJson {
  readonly answers: number
  readonly failures: number
  readonly latencyMs: ExactSumJson
}

export class InstanceStatistics implements Mergeable<InstanceStatisticsJson> {
  answers = 0
  failures = 0
  readonly #latencyMs = new ExactSum()

  add(latencyMs: number, failed: boolean): void {
    this.answers++
    this.#latencyMs.add(latencyMs)
    if (failed) this.failures++
  }

  /** Of all answers together. */
  get latencyMs(): number {
    return this.#latencyMs.value
  }

  merge(other: InstanceStatistics): void {
    this.answers += other.answers
    this.failures += other.failures
    this.#latencyMs.merge(other.#latencyMs)
  }

  toJSON(): InstanceStatisticsJson {
    return { answers: this.answers, failures: this.failures, latencyMs: this.#latencyMs.toJSON() }
  }

  static fromJSON({ answers, failures, latencyMs }: InstanceStatisticsJson): InstanceStatistics {
    const instance = new InstanceStatistics()
    instance.answers = answers
    instance.failures = failures
    instance.#latencyMs.merge(ExactSum.fromJSON(latencyMs))
    return instance
  }
}

export interface ServiceStatistics {
  readonly latency: Histogram
  readonly instances: InstanceStatistics[]
  /** Requests that the balancer gave to no instance. */
  sheds: number
}

export interface DecisionStatisticsJson {
  readonly services: readonly {
    readonly latency: HistogramJson
    readonly instances: readonly InstanceStatisticsJson[]
    readonly sheds: number
  }[]
}

export class DecisionStatistics implements DecisionObserver, Mergeable<DecisionStatisticsJson> {
  /** In the order of SERVICES. */
  readonly services: readonly ServiceStatistics[]

  constructor(
    services: readonly ServiceStatistics[] = SERVICES.map(() => ({
      latency: new Histogram(),
      instances: [],
      sheds: 0,
    })),
  ) {
    this.services = services
  }

  onAnswer(service: number, instance: number, latencyMs: number, failed: boolean): void {
    const { latency, instances } = this.services[service]!
    latency.record(latencyMs)
    instanceAt(instances, instance).add(latencyMs, failed)
  }

  onShed(service: number): void {
    this.services[service]!.sheds++
  }

  /**
   * Adds what another balancer, or client, saw of the same services.
   *
   * @param placeOf where one of its instances stands here, if that is another place
   */
  merge(
    other: DecisionStatistics,
    placeOf: (service: number, instance: number) => number = (_, instance) => instance,
  ): void {
    for (const [i, { latency, instances, sheds }] of other.services.entries()) {
      const service = this.services[i]!
      service.latency.merge(latency)
      service.sheds += sheds
      for (const [j, instance] of instances.entries()) {
        instanceAt(service.instances, placeOf(i, j)).merge(instance)
      }
    }
  }

  toJSON(): DecisionStatisticsJson {
    return {
      services: this.services.map(({ latency, instances, sheds }) => ({
        latency: latency.toJSON(),
        instances: instances.map((instance) => instance.toJSON()),
        sheds,
      })),
    }
  }

  static fromJSON(json: DecisionStatisticsJson): DecisionStatistics {
    return new DecisionStatistics(
      json.services.map(({ latency, instances, sheds }) => ({
        latency: Histogram.fromJSON(latency),
        instances: instances.map(InstanceStatistics.fromJSON),
        sheds,
      })),
    )
  }
}

function instanceAt(instances: InstanceStatistics[], index: number): InstanceStatistics {
  while (instances.length <= index) instances.push(new InstanceStatistics())
  return instances[index]!
}
