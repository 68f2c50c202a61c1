/** Services and instances as the admin API tells of them. What is not known is null, never a number that looks fine. */
import {
  INSTANCE_FEATURES,
  INSTANCE_WIDTH,
  type InstanceFeature,
  type Observation,
} from '../../../routing/index.ts'
import type { Histogram } from '../../../stats/index.ts'
import type { BalancerControl, ServiceControl } from '../control.ts'
import { FAILURE_KINDS, type InstanceTraffic, type PolicyTraffic, STATUS_CLASSES } from '../traffic.ts'

export type InstanceState = 'healthy' | 'unhealthy' | 'draining'

export interface InstanceDescription {
  readonly id: string
  readonly url: string
  readonly state: InstanceState
  readonly inFlight: number
  readonly weight: number
  /** As the policy sees them now; null where nothing is known. */
  readonly features: Readonly<Record<InstanceFeature, number | null>>
  readonly traffic: TrafficDescription
}

export interface LatencyDescription {
  readonly mean: number | null
  readonly min: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
}

interface TrafficDescription {
  readonly answers: number
  readonly failures: number
  /** By class of status; classes without any are left out, as are kinds. */
  readonly byStatus: Readonly<Record<string, number>>
  readonly byFailure: Readonly<Record<string, number>>
  readonly latencyMs: LatencyDescription
}

/** Indices of the instances that are not gone. */
export function presentInstances(service: ServiceControl): number[] {
  return [...service.router.instances.keys()].filter((index) => service.url(index) !== undefined)
}

export function instanceState({ router }: ServiceControl, index: number): InstanceState {
  const tracker = router.instances[index]!
  if (tracker.draining) return 'draining'
  return tracker.healthy ? 'healthy' : 'unhealthy'
}

/** The state of a service as its policy would see it now. */
export function observationOf({ now }: BalancerControl, { router }: ServiceControl): Observation {
  router.observe(now(), router.observation.context[0]!)
  return router.observation
}

export function describeServiceBriefly(service: ServiceControl) {
  const { name, policy, router, traffic } = service
  const states = { healthy: 0, unhealthy: 0, draining: 0 }
  let inFlight = 0
  for (const index of presentInstances(service)) {
    states[instanceState(service, index)]++
    inFlight += router.instances[index]!.inFlight
  }
  return {
    name,
    policy,
    instances: states,
    inFlight,
    requests: traffic.replyLatency.count,
    shed: traffic.shed,
  }
}

export function describeService(control: BalancerControl, service: ServiceControl) {
  const { name, policy, router, traffic } = service
  const { id, version, fallbacks } = router.policy
  return {
    name,
    policy: { text: policy, id, version, ...(fallbacks === undefined ? {} : { fallbacks }) },
    traffic: {
      requests: traffic.replyLatency.count,
      byStatus: named(STATUS_CLASSES, traffic.repliesByClass),
      shed: traffic.shed,
      retries: traffic.retries,
      hedges: traffic.hedges,
      latencyMs: describeLatency(traffic.replyLatency),
    },
    policies: [...traffic.policies.values()].map((used) => describePolicyTraffic(used, control.now())),
    instances: describeInstances(control, service),
  }
}

function describeInstances(control: BalancerControl, service: ServiceControl): InstanceDescription[] {
  const observation = observationOf(control, service)
  return presentInstances(service).map((index) => describeInstance(service, observation, index))
}

/** @param observation of now */
export function describeInstance(
  service: ServiceControl,
  observation: Observation,
  index: number,
): InstanceDescription {
  const { id, inFlight, weight } = service.router.instances[index]!
  return {
    id,
    url: service.url(index)!,
    state: instanceState(service, index),
    inFlight,
    weight,
    features: featuresOf(observation, index),
    traffic: describeTraffic(service.traffic.instances[index]),
  }
}

export function describePolicyTraffic(used: PolicyTraffic, nowMs: number) {
  const seconds = used.usedMs(nowMs) / 1000
  return {
    policy: used.text,
    answers: used.answers,
    failures: used.failures,
    usedSeconds: rounded(seconds),
    answersPerSecond: seconds > 0 ? rounded(used.answers / seconds) : null,
    latencyMs: describeLatency(used.latency),
  }
}

export function describeLatency(latency: Histogram): LatencyDescription {
  return {
    mean: rounded(latency.mean),
    min: rounded(latency.min),
    p50: rounded(latency.quantile(0.5)),
    p95: rounded(latency.quantile(0.95)),
    p99: rounded(latency.quantile(0.99)),
    max: rounded(latency.max),
  }
}

/** To a thousandth; null if there is no such number. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null
}

function featuresOf({ instances }: Observation, index: number): InstanceDescription['features'] {
  const values = INSTANCE_FEATURES.map(
    (name, i) => [name, rounded(instances[index * INSTANCE_WIDTH + i]!)] as const,
  )
  return Object.fromEntries(values) as InstanceDescription['features']
}

function describeTraffic(traffic: InstanceTraffic | undefined): TrafficDescription {
  if (traffic === undefined) {
    const unknown = { mean: null, min: null, p50: null, p95: null, p99: null, max: null }
    return { answers: 0, failures: 0, byStatus: {}, byFailure: {}, latencyMs: unknown }
  }
  return {
    answers: traffic.answers,
    failures: traffic.failures,
    byStatus: named(STATUS_CLASSES, traffic.byClass),
    byFailure: named(FAILURE_KINDS, traffic.byKind),
    latencyMs: describeLatency(traffic.latency),
  }
}

function named(names: readonly string[], counts: Float64Array): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!] as const).filter(([, n]) => n > 0))
}
