/** The routes of the predecessor, in its shapes, over real sockets. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningAdminServer, startAdminServer } from '../../../src/worlds/balancer/admin-server.ts'
import { createPredecessorApi } from '../../../src/worlds/balancer/predecessor.ts'
import { type Answer, type Asked, ask } from './admin-client.ts'
import { parsePrometheus } from './parse-prometheus.ts'
import { SmallControl } from './small-control.ts'

let control: SmallControl
let server: RunningAdminServer
const admin = (what: string, asked?: Asked): Promise<Answer> => ask(server.url, what, asked)

beforeEach(async () => {
  control = new SmallControl('round-robin', ['cart-service', 'order-service'])
  server = await startAdminServer({ control, port: 0, rlAgent: 'peak-ewma' })
})
afterEach(() => server.close())

describe('/api/services', () => {
  const cart1 = {
    serviceName: 'cart-service',
    instanceName: 'cart-service-1',
    url: 'http://10.0.0.1:8080',
    healthUrl: 'http://10.0.0.1:8080/health',
    healthy: true,
    lastHealthCheck: null,
    responseTime: null,
  }

  it('lists instances by service, or those of one', async () => {
    const all = (await admin('GET /api/services')).json
    expect(Object.keys(all)).toEqual(['cart-service', 'order-service'])
    expect(all['cart-service'][0]).toEqual(cart1)
    control.services[0]!.serve(200, 12)
    expect((await admin('GET /api/services/cart-service')).json).toMatchObject([
      { ...cart1, responseTime: 12 },
      { instanceName: 'cart-service-2' },
    ])
  })

  it('/status is no service of that name', async () => {
    control.services[1]!.router.onReport(0, { healthy: false, cpu: 0, memory: 0, queueDepth: 0 }, 0)
    control.services[1]!.router.onReport(1, { healthy: false, cpu: 0, memory: 0, queueDepth: 0 }, 0)
    expect((await admin('GET /api/services/status')).json).toMatchObject({
      'cart-service': { status: 'UP', totalInstances: 2, healthyInstances: 2 },
      'order-service': { status: 'DOWN', totalInstances: 2, unhealthyInstances: 2 },
    })
  })

  it.each(['POST /api/services/cart-service', 'POST /api/services/cart-service/instances'])(
    '%s registers an instance, DELETE ?url= takes it away',
    async (what) => {
      const url = 'http://10.0.0.7:8082'
      const added = await admin(what, { body: { url, healthUrl: `${url}/actuator/health` } })
      expect(added).toMatchObject({ status: 201, json: { instance: { url, serviceName: 'cart-service' } } })
      expect((await admin('GET /api/services/cart-service')).json).toHaveLength(3)
      const route = `DELETE /api/services/cart-service/instances?url=${encodeURIComponent(`${url}/`)}`
      expect((await admin(route)).status).toBe(200)
      expect((await admin('GET /api/services/cart-service')).json).toHaveLength(2)
      expect((await admin(route)).status).toBe(404)
    },
  )

  it.each([
    [{}, /^url: expected/],
    [{ url: 7 }, /^url: expected/],
    [{ url: 'http://10.0.0.7:1', healthUrl: 'http://10.0.0.8:1/health' }, /^healthUrl: expected one at/],
    [{ url: 'http://10.0.0.1:8080' }, /is taken/],
  ])('%j is refused', async (body, message) => {
    const { status, json } = await admin('POST /api/services/cart-service/instances', { body })
    expect([status, json.error]).toEqual([400, expect.stringMatching(message)])
  })

  it('a service that is not configured cannot be made', async () => {
    const body = { url: 'http://10.0.0.7:1' }
    expect((await admin('POST /api/services/card-service', { body })).json.error).toBe(
      'no service "card-service" (did you mean "cart-service"?): there is cart-service, order-service',
    )
    expect((await admin('DELETE /api/services/cart-service/instances')).status).toBe(400)
  })
})

describe('/api/metrics/{service}', () => {
  it('has six metrics by pod; what is not known is null', async () => {
    const [cart] = control.services
    cart!.router.onReport(0, { healthy: true, cpu: 0.25, memory: 0.5, queueDepth: 0 }, 0)
    for (const [status, ms] of [
      [200, 10],
      [200, 10],
      [404, 30],
    ] as const) {
      cart!.serve(status, ms)
    }
    expect((await admin('GET /api/metrics/cart-service')).json).toEqual({
      'cart-service-1': {
        cpuUsagePercent: 25,
        jvmMemoryUsagePercent: 50,
        uptimeSeconds: null,
        avgResponseTimeMs: 20,
        errorRatePercent: 50,
        requestRatePerSecond: expect.any(Number),
      },
      'cart-service-2': {
        cpuUsagePercent: null,
        jvmMemoryUsagePercent: null,
        uptimeSeconds: null,
        avgResponseTimeMs: 10,
        errorRatePercent: 0,
        requestRatePerSecond: expect.any(Number),
      },
    })
  })
})

describe('/rl', () => {
  it('/rl/status tells who decides', async () => {
    expect((await admin('GET /rl/status')).json).toMatchObject({
      currentStrategy: 'round-robin',
      rlAgentAvailable: true,
      rlAgentActive: false,
      models: [],
    })
  })

  it('/rl/reset-stats resets all', async () => {
    control.services[0]!.serve(200, 10)
    expect((await admin('POST /rl/reset-stats')).json.status).toBe('success')
    expect((await admin('GET /rl/status')).json.currentAlgorithmStats.requestCount).toBe(0)
  })
})

describe('/actuator', () => {
  it('/health is UP until it ends', async () => {
    expect(await admin('GET /actuator/health')).toMatchObject({ status: 200, json: { status: 'UP' } })
    control.draining = true
    expect((await admin('GET /actuator/health')).status).toBe(503)
  })

  it('/info, /metrics and /prometheus', async () => {
    control.services[0]!.serve(200, 10)
    expect((await admin('GET /actuator/info')).json.app.name).toBe('loadgen')
    const { names } = (await admin('GET /actuator/metrics')).json
    expect(names).toContain('lb_proxy_requests_total')
    expect((await admin('GET /actuator/metrics/lb_proxy_requests_total')).json.measurements).toEqual([
      { statistic: 'COUNT', value: 1 },
    ])
    expect(
      (await admin('GET /actuator/metrics/lb_proxy_request_duration_seconds')).json.measurements,
    ).toEqual([
      { statistic: 'COUNT', value: 1 },
      { statistic: 'TOTAL_TIME', value: 0.01 },
    ])
    expect((await admin('GET /actuator/metrics/nothing')).status).toBe(404)
    const { text } = await admin('GET /actuator/prometheus')
    expect(parsePrometheus(text).has('lb_pod_requests_total')).toBe(true)
  })
})

describe('on the port of the traffic', () => {
  let front: Server
  let url: string
  beforeEach(async () => {
    const api = createPredecessorApi(control)
    front = createServer((request, response) => {
      if (api.knows(request.url!)) {
        expect(api.handle(request, Buffer.alloc(0), response)).toBe(true)
      } else {
        expect(api.handle(request, Buffer.alloc(0), response)).toBe(false)
        response.end('traffic')
      }
    })
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  })
  afterEach(() => void front.close())

  it('its paths are answered, and no others: not our own admin API either', async () => {
    expect((await ask(url, 'GET /api/benchmark/status')).json.currentAlgorithm).toBe('round-robin')
    expect((await ask(url, 'PUT /api/benchmark/status')).status).toBe(405)
    for (const path of [
      '/proxy/cart-service/api/cart',
      '/api/v1/status',
      '/metrics',
      '/',
      '/api/services/a/b/c',
    ]) {
      expect((await ask(url, `GET ${path}`)).text).toBe('traffic')
    }
  })
})
