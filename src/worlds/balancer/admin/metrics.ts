/**
 * What a balancer tells Prometheus: its own names (`loadgen_`), and those that dashboards of the predecessor ask for
 * (`lb_`). Base units (seconds, ratios), counters end in `_total`. An instance that is gone takes its series with it.
 */
import type { BalancerControl, Refusals, ServiceControl } from '../control.ts'
import type { RecorderStatus } from '../recorder.ts'
import { FAILURE_KINDS, type InstanceTraffic, STATUS_CLASSES } from '../traffic.ts'
import { instanceState, observationOf, presentInstances } from './describe.ts'
import { instanceGauges } from './instance-gauges.ts'
import { predecessorMetrics } from './predecessor-metrics.ts'
import type { HistogramSample, Labels, MetricFamily, Sample } from './prometheus.ts'

export function balancerMetrics(control: BalancerControl): MetricFamily[] {
  const { services } = control
  // Of now: gauges are read from it.
  for (const service of services) observationOf(control, service)
  return [
    ...serviceMetrics(services),
    ...instanceMetrics(services),
    ...instanceGauges(services),
    ...refusalMetrics(control.refusals),
    ...recorderMetrics(control.recorder?.status),
    ...processMetrics(control),
    ...predecessorMetrics(services),
  ]
}

function serviceMetrics(services: readonly ServiceControl[]): MetricFamily[] {
  const count = (name: string, help: string, of: (service: ServiceControl) => number): MetricFamily => ({
    name,
    help,
    type: 'counter',
    samples: services.map((service) => ({ labels: { service: service.name }, value: of(service) })),
  })
  return [
    {
      name: 'loadgen_requests_total',
      help: 'Requests of clients by the class of the status that they got.',
      type: 'counter',
      samples: services.flatMap(({ name, traffic }) =>
        byName({ service: name }, 'status', STATUS_CLASSES, traffic.repliesByClass),
      ),
    },
    {
      name: 'loadgen_request_duration_seconds',
      help: 'From the request of a client to the end of its reply.',
      type: 'histogram',
      samples: services.map(({ name, traffic }) => ({
        labels: { service: name },
        histogramMs: traffic.replyLatency,
      })),
    },
    count('loadgen_shed_total', 'Requests that no instance was found for.', ({ traffic }) => traffic.shed),
    count(
      'loadgen_retries_total',
      'Further attempts after one that failed.',
      ({ traffic }) => traffic.retries,
    ),
    count(
      'loadgen_hedges_total',
      'Further attempts beside one that is slow.',
      ({ traffic }) => traffic.hedges,
    ),
    {
      name: 'loadgen_policy_info',
      help: 'The policy that decides: always 1.',
      type: 'gauge',
      samples: services.map(({ name, policy, router }) => ({
        labels: { service: name, policy, version: router.policy.version },
        value: 1,
      })),
    },
    {
      name: 'loadgen_policy_fallbacks_total',
      help: 'Decisions that a model left to a simpler rule, since it did not know what it goes by.',
      type: 'counter',
      samples: services.flatMap(({ name, router: { policy } }) =>
        policy.fallbacks === undefined ? [] : [{ labels: { service: name }, value: policy.fallbacks }],
      ),
    },
  ]
}

function instanceMetrics(services: readonly ServiceControl[]): MetricFamily[] {
  return [
    {
      name: 'loadgen_answers_total',
      help: 'Attempts at an instance by the class of the status; none if no answer came.',
      type: 'counter',
      samples: perInstance(services, (labels, traffic) =>
        byName(labels, 'status', STATUS_CLASSES, traffic.byClass),
      ),
    },
    {
      name: 'loadgen_answer_failures_total',
      help: 'Attempts at an instance that got no answer, by what happened instead.',
      type: 'counter',
      samples: perInstance(services, (labels, traffic) =>
        byName(labels, 'kind', FAILURE_KINDS, traffic.byKind),
      ),
    },
    {
      name: 'loadgen_answer_duration_seconds',
      help: 'From sending a request to an instance to the end of its answer.',
      type: 'histogram',
      samples: perInstance<HistogramSample>(services, (labels, traffic) => [
        { labels, histogramMs: traffic.latency },
      ]),
    },
    {
      name: 'loadgen_instances',
      help: 'Instances by state.',
      type: 'gauge',
      samples: services.flatMap((service) => instancesByState(service)),
    },
  ]
}

/** The series of all instances that have answered, or failed to. */
export function perInstance<S>(
  services: readonly ServiceControl[],
  series: (labels: Labels, traffic: InstanceTraffic) => readonly S[],
): S[] {
  return services.flatMap((service) =>
    presentInstances(service).flatMap((index) => {
      const traffic = service.traffic.instances[index]
      if (traffic === undefined) return []
      return series({ service: service.name, instance: service.router.instances[index]!.id }, traffic)
    }),
  )
}

function instancesByState(service: ServiceControl): Sample[] {
  const states = { healthy: 0, unhealthy: 0, draining: 0 }
  for (const index of presentInstances(service)) states[instanceState(service, index)]++
  return Object.entries(states).map(([state, value]) => ({ labels: { service: service.name, state }, value }))
}

function byName(labels: Labels, label: string, names: readonly string[], counts: Float64Array): Sample[] {
  return names
    .map((name, i) => ({ labels: { ...labels, [label]: name }, value: counts[i]! }))
    .filter(({ value }) => value > 0)
}

function refusalMetrics(refusals: Refusals | undefined): MetricFamily[] {
  if (refusals === undefined) return []
  const { malformed, connections, unserved } = refusals
  const samples = Object.entries({ malformed, connections, unserved }).map(([reason, value]) => ({
    labels: { reason },
    value,
  }))
  const help = 'What clients sent that never became a request to a service.'
  return [{ name: 'loadgen_refused_total', help, type: 'counter', samples }]
}

function recorderMetrics(status: RecorderStatus | undefined): MetricFamily[] {
  if (status === undefined) return []
  return [
    alone('loadgen_records_total', 'counter', 'Records handed to the disk.', status.recorded),
    alone(
      'loadgen_records_dropped_total',
      'counter',
      'Decisions not recorded: the disk was behind, or had failed.',
      status.dropped,
    ),
    alone('loadgen_records_queued_bytes', 'gauge', 'What waits for the disk.', status.queuedBytes),
    alone('loadgen_recording', 'gauge', '0 once recording has failed.', status.stopped === null ? 1 : 0),
  ]
}

function processMetrics({ startedAt }: BalancerControl): MetricFamily[] {
  const { user, system } = process.cpuUsage()
  return [
    alone('process_cpu_seconds_total', 'counter', 'CPU time of the process.', (user + system) / 1e6),
    alone('process_resident_memory_bytes', 'gauge', 'Memory of the process.', process.memoryUsage.rss()),
    alone('process_start_time_seconds', 'gauge', 'When it began, Unix time.', startedAt.getTime() / 1000),
  ]
}

function alone(name: string, type: 'counter' | 'gauge', help: string, value: number): MetricFamily {
  return { name, help, type, samples: [{ labels: {}, value }] }
}
