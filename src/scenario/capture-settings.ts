/** How decisions of a balancer that we did not write are observed from the client's side. */
import type { ServiceName } from './scenario.ts'

export interface CaptureSettings {
  /** Response header that names the instance, in lower case; null: none does. */
  readonly instanceHeader: string | null
  /** Cookie that names it, for answers without that header; null: none does. */
  readonly instanceCookie: string | null
  /**
   * What header or cookie say, to the id of the instance. Of a service that is listed, nothing else is an instance;
   * those of the others are discovered as they answer.
   */
  readonly instances: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>
  /** Whether propensities are estimated from the frequencies of the instances. */
  readonly estimatePropensities: boolean
  readonly prometheus: PrometheusSettings | null
  readonly admin: AdminSettings | null
}

/** A server that is asked for the state of instances now and then. */
interface PolledServer {
  readonly url: string
  readonly pollMs: number
  /** Environment variable with a bearer token; null: none is sent. The token itself has no place in a scenario. */
  readonly tokenVariable: string | null
}

export interface PrometheusSettings extends PolledServer {
  /** Label whose value names the instance as header or cookie do. */
  readonly instanceLabel: string
  /** By feature: PromQL, in which `$service` stands for the name of the service. */
  readonly queries: Readonly<Record<string, string>>
}

/** The admin API of our own balancer. */
export type AdminSettings = PolledServer
