/** What the balancer saw, summed up: per service a histogram, per instance counts. Can cross a process border. */
import { SERVICES } from '../scenario/index.ts'
import { Histogram, type HistogramJson } from '../stats/index.ts'
import type { DecisionObserver } from './run-observer.ts'

export interface InstanceStatistics {
  answers: number
  failures: number
  latencyMs: number
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
    readonly instances: InstanceStatistics[]
    readonly sheds: number
  }[]
}

export class DecisionStatistics implements DecisionObserver {
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
    while (instances.length <= instance) instances.push({ answers: 0, failures: 0, latencyMs: 0 })
    const counts = instances[instance]!
    latency.record(latencyMs)
    counts.answers++
    counts.latencyMs += latencyMs
    if (failed) counts.failures++
  }

  onShed(service: number): void {
    this.services[service]!.sheds++
  }

  toJSON(): DecisionStatisticsJson {
    return {
      services: this.services.map(({ latency, instances, sheds }) => ({
        latency: latency.toJSON(),
        instances,
        sheds,
      })),
    }
  }

  static fromJSON(json: DecisionStatisticsJson): DecisionStatistics {
    return new DecisionStatistics(
      json.services.map(({ latency, instances, sheds }) => ({
        latency: Histogram.fromJSON(latency),
        instances,
        sheds,
      })),
    )
  }
}
