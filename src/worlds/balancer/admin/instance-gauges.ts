/** The features of the instances as gauges: what the policy sees just now. What is not known has no series. */
import { INSTANCE_WIDTH, type InstanceFeature, instanceFeature } from '../../../routing/index.ts'
import type { ServiceControl } from '../control.ts'
import { presentInstances } from './describe.ts'
import type { MetricFamily } from './prometheus.ts'

interface Gauge {
  readonly name: string
  readonly help: string
  readonly feature: InstanceFeature
  /** From the feature's unit to that of the metric. */
  readonly factor: number
}

const GAUGES: readonly Gauge[] = [
  { name: 'in_flight', help: 'Requests without an answer yet.', feature: 'inFlight', factor: 1 },
  { name: 'queue_depth', help: 'Jobs that wait there, as it told.', feature: 'queueDepth', factor: 1 },
  {
    name: 'ewma_latency_seconds',
    help: 'Weighted mean latency of successes, time constant 10 s.',
    feature: 'ewmaLatencyMs',
    factor: 1e-3,
  },
  { name: 'error_ratio', help: 'Share of failures in the last 60 s.', feature: 'errorRate', factor: 1 },
  { name: 'cpu_ratio', help: 'Share of busy workers, as it told.', feature: 'cpu', factor: 1 },
  { name: 'memory_ratio', help: 'Share of memory in use, as it told.', feature: 'memory', factor: 1 },
  { name: 'healthy', help: '1 if it passes its health checks.', feature: 'healthy', factor: 1 },
  {
    name: 'breaker_open',
    help: '1 if the policy keeps it out: a circuit breaker, an ejection or its own health checks.',
    feature: 'breakerOpen',
    factor: 1,
  },
  { name: 'weight', help: 'Configured weight.', feature: 'weight', factor: 1 },
]

/** @param services with observations of now */
export function instanceGauges(services: readonly ServiceControl[]): MetricFamily[] {
  return GAUGES.map(({ name, help, feature, factor }) => ({
    name: `loadgen_instance_${name}`,
    help,
    type: 'gauge',
    samples: services.flatMap((service) =>
      presentInstances(service)
        .map((index) => ({
          labels: { service: service.name, instance: service.router.instances[index]!.id },
          value: featureOf(service, index, feature) * factor,
        }))
        .filter(({ value }) => !Number.isNaN(value)),
    ),
  }))
}

function featureOf({ router }: ServiceControl, index: number, feature: InstanceFeature): number {
  return router.observation.instances[index * INSTANCE_WIDTH + instanceFeature(feature)]!
}
