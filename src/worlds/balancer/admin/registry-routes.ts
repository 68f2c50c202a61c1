/**
 * The predecessor's registry of services and its metrics by pod. Services come from the configuration here, so only
 * instances can be added; what we do not know is null.
 */
import { INSTANCE_WIDTH, instanceFeature } from '../../../routing/index.ts'
import type { BalancerControl, ServiceControl } from '../control.ts'
import {
  describeServiceBriefly,
  instanceState,
  observationOf,
  presentInstances,
  rounded,
} from './describe.ts'
import { findInstanceByUrl, findService } from './find.ts'
import { errors } from './predecessor-metrics.ts'
import { type AdminReply, type AdminRequest, type AdminRoute, jsonBody, Refusal } from './route.ts'

export function registryRoutes(control: BalancerControl): AdminRoute[] {
  const found = ({ parameters }: AdminRequest): ServiceControl => findService(control, parameters.service!)
  return [
    {
      method: 'GET',
      path: '/api/services',
      summary: 'Instances by service',
      answer: () => ({
        json: Object.fromEntries(
          control.services.map((service) => [service.name, registered(control, service)]),
        ),
      }),
    },
    {
      method: 'GET',
      path: '/api/services/status',
      summary: 'Numbers of instances by service and state',
      answer: () => ({ json: Object.fromEntries(control.services.map(stateOf)) }),
    },
    {
      method: 'GET',
      path: '/api/services/{service}',
      summary: 'Instances of one service',
      answer: (request) => ({ json: registered(control, found(request)) }),
    },
    {
      method: 'POST',
      path: '/api/services/{service}',
      summary: 'Registers an instance {"url", "healthUrl"}; without a body it tells what there is',
      answer: (request) =>
        request.body.length === 0
          ? { json: registered(control, found(request)) }
          : register(control, found(request), request),
    },
    {
      method: 'POST',
      path: '/api/services/{service}/instances',
      summary: 'Registers an instance: {"url", "healthUrl"}',
      answer: (request) => register(control, found(request), request),
    },
    {
      method: 'DELETE',
      path: '/api/services/{service}/instances',
      summary: '`?url=`: takes an instance away, when its last request is answered',
      answer: (request) => {
        const service = found(request)
        const url = request.query.get('url')
        if (url === null) throw new Refusal(400, 'url: is missing: write ?url=http://host:port')
        service.drainInstance(findInstanceByUrl(service, url))
        return { json: { status: 'success', message: `${url} is being drained` } }
      },
    },
    {
      method: 'GET',
      path: '/api/metrics/{service}',
      summary: 'Six metrics of every instance',
      answer: (request) => ({ json: metricsByPod(control, found(request)) }),
    },
  ]
}

function registered(control: BalancerControl, service: ServiceControl) {
  const { instances } = observationOf(control, service)
  return presentInstances(service).map((index) => ({
    serviceName: service.name,
    instanceName: service.router.instances[index]!.id,
    url: service.url(index),
    healthUrl: service.healthUrl(index) ?? null,
    healthy: instanceState(service, index) === 'healthy',
    lastHealthCheck: null,
    responseTime: rounded(instances[index * INSTANCE_WIDTH + instanceFeature('responseTimeMs')]!),
  }))
}

function stateOf(service: ServiceControl) {
  const { healthy, unhealthy, draining } = describeServiceBriefly(service).instances
  const totalInstances = healthy + unhealthy + draining
  const status = healthy > 0 ? 'UP' : 'DOWN'
  return [
    service.name,
    {
      status,
      totalInstances,
      healthyInstances: healthy,
      unhealthyInstances: unhealthy,
      drainingInstances: draining,
    },
  ] as const
}

function register(control: BalancerControl, service: ServiceControl, request: AdminRequest): AdminReply {
  const { url, healthUrl, instanceName } = jsonBody(request)
  if (typeof url !== 'string' || url === '') throw new Refusal(400, 'url: expected the URL of the instance')
  requireSameOrigin(url, healthUrl)
  const id = typeof instanceName === 'string' && instanceName !== '' ? { id: instanceName } : {}
  const index = service.addInstance({ url, ...id })
  const instance = registered(control, service).find(
    ({ instanceName: name }) => name === service.router.instances[index]!.id,
  )
  return { status: 201, json: { status: 'success', message: `${url} is registered`, instance } }
}

/** Health is asked where the service's configuration says; on another host it would say nothing about this instance. */
function requireSameOrigin(url: string, healthUrl: unknown): void {
  if (healthUrl === undefined || healthUrl === null) return
  if (typeof healthUrl === 'string' && originOf(healthUrl) === originOf(url)) return
  throw new Refusal(
    400,
    `healthUrl: expected one at ${originOf(url) ?? url}, got ${JSON.stringify(healthUrl)}`,
  )
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}

function metricsByPod(control: BalancerControl, service: ServiceControl) {
  const { instances } = observationOf(control, service)
  const pods = presentInstances(service).map((index) => {
    const row = index * INSTANCE_WIDTH
    const traffic = service.traffic.instances[index]
    return [
      service.router.instances[index]!.id,
      {
        cpuUsagePercent: rounded(instances[row + instanceFeature('cpu')]! * 100),
        jvmMemoryUsagePercent: rounded(instances[row + instanceFeature('memory')]! * 100),
        // How long the process has been up is nothing that it tells a balancer.
        uptimeSeconds: null,
        avgResponseTimeMs: rounded(traffic?.latency.mean ?? Number.NaN),
        errorRatePercent:
          traffic === undefined ? null : rounded((errors(traffic.byClass) / traffic.answers) * 100),
        requestRatePerSecond: rounded(instances[row + instanceFeature('answersPerSecond')]!),
      },
    ] as const
  })
  return Object.fromEntries(pods)
}
