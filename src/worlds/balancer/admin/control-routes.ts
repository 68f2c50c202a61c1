/** The routes of our own admin API, under `/api/v1`, with `/healthz` and `/metrics`. */
import type { BalancerControl, ServiceControl } from '../control.ts'
import {
  describeInstance,
  describeService,
  describeServiceBriefly,
  observationOf,
  rounded,
} from './describe.ts'
import { Fields } from './fields.ts'
import { findInstance, findService } from './find.ts'
import { balancerMetrics } from './metrics.ts'
import { PROMETHEUS_TYPE, prometheusText } from './prometheus.ts'
import { type AdminReply, type AdminRequest, type AdminRoute, jsonBody } from './route.ts'
import { reloadModels, switchPolicies } from './switch-policy.ts'

export function controlRoutes(control: BalancerControl): AdminRoute[] {
  return [...readingRoutes(control), ...changingRoutes(control)]
}

function readingRoutes(control: BalancerControl): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      summary: 'Whether it takes requests: 200, or 503 while it ends',
      answer: () => ({
        status: control.draining ? 503 : 200,
        json: { status: control.draining ? 'draining' : 'ok' },
      }),
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Everything that is counted, for Prometheus (text format 0.0.4)',
      answer: () => metricsReply(control),
    },
    {
      method: 'GET',
      path: '/api/v1/status',
      summary: 'The balancer as a whole: since when, how much, what is recorded',
      answer: () => ({ json: statusOf(control) }),
    },
    {
      method: 'GET',
      path: '/api/v1/services',
      summary: 'All services, in short',
      answer: () => ({ json: control.services.map(describeServiceBriefly) }),
    },
    {
      method: 'GET',
      path: '/api/v1/services/{service}',
      summary:
        'One service: its policy, what came of its requests, and its instances as the policy sees them',
      answer: ({ parameters }) => ({
        json: describeService(control, findService(control, parameters.service!)),
      }),
    },
  ]
}

function changingRoutes(control: BalancerControl): AdminRoute[] {
  return [
    {
      method: 'PUT',
      path: '/api/v1/services/{service}/policy',
      summary: 'Another policy from the next request on: {"policy": TEXT}',
      answer: (request) => usePolicy([findService(control, request.parameters.service!)], request),
    },
    {
      method: 'PUT',
      path: '/api/v1/policy',
      summary: 'The same for all services, or for none if it is no good for one',
      answer: (request) => usePolicy(control.services, request),
    },
    {
      method: 'POST',
      path: '/api/v1/services/{service}/instances',
      summary: 'One more instance: {"url": URL, "id": TEXT, "weight": NUMBER}, of which only the URL must be',
      answer: (request) => addInstance(control, request),
    },
    {
      method: 'DELETE',
      path: '/api/v1/services/{service}/instances/{instance}',
      summary: 'No new requests for it; when its last one is answered, it is gone',
      answer: ({ parameters }) => {
        const service = findService(control, parameters.service!)
        const index = findInstance(service, parameters.instance!)
        service.drainInstance(index)
        const { id, inFlight } = service.router.instances[index]!
        return { status: 202, json: { id, state: 'draining', inFlight } }
      },
    },
    {
      method: 'POST',
      path: '/api/v1/models/reload',
      summary: 'Reads all models again; if one cannot be used, the old ones serve on',
      answer: async () => {
        await reloadModels(control)
        return { json: { services: control.services.map(policyOf) } }
      },
    },
  ]
}

export function metricsReply(control: BalancerControl): AdminReply {
  return { text: { type: PROMETHEUS_TYPE, content: prometheusText(balancerMetrics(control)) } }
}

function usePolicy(services: readonly ServiceControl[], request: AdminRequest): AdminReply {
  const fields = new Fields(jsonBody(request), ['policy'])
  const policy = fields.text('policy')
  fields.check()
  switchPolicies(services, policy)
  return { json: { services: services.map(policyOf) } }
}

function addInstance(control: BalancerControl, request: AdminRequest): AdminReply {
  const service = findService(control, request.parameters.service!)
  const fields = new Fields(jsonBody(request), ['url', 'id', 'weight'])
  const url = fields.text('url')
  const id = fields.optionalText('id')
  const weight = fields.optionalPositive('weight')
  fields.check()
  const index = service.addInstance({
    url,
    ...(id === undefined ? {} : { id }),
    ...(weight === undefined ? {} : { weight }),
  })
  return { status: 201, json: describeInstance(service, observationOf(control, service), index) }
}

function policyOf({ name, policy, router }: ServiceControl) {
  return { name, policy, version: router.policy.version }
}

function statusOf(control: BalancerControl) {
  const { services, recorder } = control
  const sum = (count: (service: ServiceControl) => number): number =>
    services.reduce((total, service) => total + count(service), 0)
  return {
    status: control.draining ? 'draining' : 'running',
    startedAt: control.startedAt.toISOString(),
    uptimeSeconds: rounded(control.now() / 1000),
    services: services.map(describeServiceBriefly),
    requests: sum(({ traffic }) => traffic.replyLatency.count),
    shed: sum(({ traffic }) => traffic.shed),
    retries: sum(({ traffic }) => traffic.retries),
    hedges: sum(({ traffic }) => traffic.hedges),
    recorder: recorder === undefined ? null : recorder.status,
  }
}
