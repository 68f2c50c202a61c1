/** The metrics of the predecessor that we can tell, under its names, with its labels `service` and `pod`. */
import type { ServiceControl } from '../control.ts'
import { STATUS_CLASSES } from '../traffic.ts'
import { presentInstances } from './describe.ts'
import type { Labels, MetricFamily } from './prometheus.ts'

const NO_ANSWER = STATUS_CLASSES.indexOf('none')
const CLIENT_ERROR = STATUS_CLASSES.indexOf('4xx')
const SERVER_ERROR = STATUS_CLASSES.indexOf('5xx')

export function predecessorMetrics(services: readonly ServiceControl[]): MetricFamily[] {
  return [
    {
      name: 'lb_proxy_request_duration_seconds',
      help: 'The same as loadgen_request_duration_seconds.',
      type: 'histogram',
      samples: services.map((service) => ({
        labels: serviceLabels(service),
        histogramMs: service.traffic.replyLatency,
      })),
    },
    perService(
      'lb_proxy_requests_total',
      'Requests of clients.',
      'counter',
      services,
      ({ traffic }) => traffic.replyLatency.count,
    ),
    perService('lb_proxy_errors_total', 'Replies with 4xx or 5xx.', 'counter', services, ({ traffic }) =>
      errors(traffic.repliesByClass),
    ),
    perService('lb_active_connections', 'Requests in flight.', 'gauge', services, (service) =>
      presentInstances(service).reduce((sum, index) => sum + service.router.instances[index]!.inFlight, 0),
    ),
    {
      name: 'lb_pod_response_duration_seconds',
      help: 'The same as loadgen_answer_duration_seconds.',
      type: 'histogram',
      samples: services.flatMap((service) =>
        presentInstances(service)
          .filter((index) => service.traffic.instances[index] !== undefined)
          .map((index) => ({
            labels: podLabels(service, index),
            histogramMs: service.traffic.instances[index]!.latency,
          })),
      ),
    },
    perPod(
      'lb_pod_requests_total',
      'Requests sent to an instance.',
      'counter',
      services,
      (service, index) => service.traffic.instances[index]?.answers ?? 0,
    ),
    perPod(
      'lb_pod_errors_total',
      'Answers with 4xx or 5xx, or none.',
      'counter',
      services,
      (service, index) => {
        const traffic = service.traffic.instances[index]
        return traffic === undefined ? 0 : errors(traffic.byClass)
      },
    ),
    perPod(
      'lb_pod_active_requests',
      'Requests in flight.',
      'gauge',
      services,
      (service, index) => service.router.instances[index]!.inFlight,
    ),
  ]
}

/** The predecessor counts what is the client's fault as an error too. */
export function errors(byClass: Float64Array): number {
  return byClass[CLIENT_ERROR]! + byClass[SERVER_ERROR]! + byClass[NO_ANSWER]!
}

function perService(
  name: string,
  help: string,
  type: 'counter' | 'gauge',
  services: readonly ServiceControl[],
  of: (service: ServiceControl) => number,
): MetricFamily {
  return {
    name,
    help,
    type,
    samples: services.map((service) => ({ labels: serviceLabels(service), value: of(service) })),
  }
}

function perPod(
  name: string,
  help: string,
  type: 'counter' | 'gauge',
  services: readonly ServiceControl[],
  of: (service: ServiceControl, index: number) => number,
): MetricFamily {
  const samples = services.flatMap((service) =>
    presentInstances(service).map((index) => ({
      labels: podLabels(service, index),
      value: of(service, index),
    })),
  )
  return { name, help, type, samples }
}

function serviceLabels({ name }: ServiceControl): Labels {
  return { service: name }
}

function podLabels({ name, router }: ServiceControl, index: number): Labels {
  return { service: name, pod: router.instances[index]!.id }
}
