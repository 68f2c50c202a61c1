/**
 * What else every service says of itself to everybody, in the shapes of Spring Boot's actuator, and the health checks
 * that two services have of their own.
 */
import { SERVICES, type ServiceName } from '../../scenario/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import type { Host } from '../host.ts'

const work = { meanMs: 0.5, sigma: 0 }

interface Metric {
  readonly unit: string
  readonly value: (host: Host) => number
}

/** Nothing that changes by being read: the load itself is the balancer's to ask for. */
const METRICS: Readonly<Record<string, Metric>> = {
  'system.cpu.count': { unit: 'cores', value: ({ replica }) => replica.workers },
  'executor.active': { unit: 'requests', value: ({ replica }) => replica.inSystem - replica.waiting },
  'executor.queued': { unit: 'requests', value: ({ replica }) => replica.waiting },
}

function metric({ request, parameter, now, host }: EndpointCall) {
  const found = Object.hasOwn(METRICS, parameter) ? METRICS[parameter] : undefined
  if (found === undefined) return refuse(404, `No metric ${parameter}`, request, now())
  const value = found.value(host)
  const measurements = [{ statistic: 'VALUE', value }]
  return answer(200, { name: parameter, baseUnit: found.unit, measurements, availableTags: [] })
}

function actuatorOf(service: ServiceName): Endpoint[] {
  const name = service.replace('-service', '')
  const open = { service, method: 'GET', open: true, work } as const
  return [
    {
      ...open,
      name: `${name}.info`,
      path: '/actuator/info',
      handle: ({ host }) => answer(200, { app: { name: service, instance: host.replica.id } }),
    },
    {
      ...open,
      name: `${name}.metrics`,
      path: '/actuator/metrics',
      handle: () => answer(200, { names: Object.keys(METRICS) }),
    },
    { ...open, name: `${name}.metric`, path: '/actuator/metrics/:name', handle: metric },
  ]
}

function ownHealth(service: ServiceName, path: string): Endpoint {
  return {
    name: `${service.replace('-service', '')}.ownHealth`,
    service,
    method: 'GET',
    path,
    open: true,
    work,
    handle: () => answer(200, { status: 'UP', service }),
  }
}

export const actuatorEndpoints: readonly Endpoint[] = [
  ownHealth('inventory-service', '/api/inventory/health'),
  ownHealth('order-service', '/api/orders/health'),
  ...SERVICES.flatMap(actuatorOf),
]
