/** The balancer in front of the simulated shop: the settings that a file gives a standalone one. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Method } from '../../core/index.ts'
import { type BalancerConfig, type Scenario, SERVICES, type ServiceName } from '../../scenario/index.ts'
import type { Shop } from '../../shop/index.ts'
import { requireLoopbackHost } from '../balancer/admin/access.ts'
import { replyTo, send } from '../balancer/admin/admin-api.ts'
import type { BalancerControl } from '../balancer/control.ts'
import { createPredecessorApi } from '../balancer/predecessor.ts'
import type { RouteClassifier } from '../balancer/route-classes.ts'
import { routedMethod, sendJson } from './http-server.ts'
import { PROBE_PATH, REPORT_PATH } from './replica-server.ts'

const MEGABYTE = 1024 * 1024
/** Requests that a fault leaves without an answer hold theirs until the balancer gives them up. */
const CONNECTIONS_PER_REPLICA = 1024
/** Of the clients of the predecessor; far more than they send. */
const MOST_ADMIN_BYTES = 64 * 1024

export interface ShopReplica {
  readonly id: string
  readonly url: string
}

export function shopBalancerConfig(
  scenario: Scenario,
  replicas: Readonly<Record<ServiceName, readonly ShopReplica[]>>,
  policy: string,
  port: number,
): BalancerConfig {
  const { pollMs, services } = scenario.shop
  return {
    listen: { host: '127.0.0.1', port },
    admin: null,
    services: SERVICES.map((name) => ({
      name,
      match: { path: `/proxy/${name}`, host: null },
      stripPrefix: true,
      policy,
      instances: replicas[name].map((replica, i) => ({
        ...replica,
        weight: services[name].weights?.[i] ?? 1,
      })),
      health: {
        path: REPORT_PATH,
        intervalMs: pollMs,
        timeoutMs: pollMs,
        rise: 1,
        fall: 1,
        statuses: [200],
        report: true,
      },
      passiveFailures: 0,
      probePath: PROBE_PATH,
      routes: [],
      affinity: { by: 'path' },
    })),
    timeouts: {
      connectMs: 10_000,
      answerMs: scenario.routing.timeoutMs,
      headersMs: 60_000,
      bodyMs: 60_000,
      idleMs: 60_000,
      drainMs: 0,
    },
    limits: {
      headerBytes: 16 * 1024,
      bodyBytes: MEGABYTE,
      bufferBytes: MEGABYTE,
      connections: 65_536,
      requestsPerConnection: 0,
      connectionsPerInstance: CONNECTIONS_PER_REPLICA,
      waitingPerInstance: Number.MAX_SAFE_INTEGER,
    },
    // A decision that goes wrong is what is to be learned from, in the same way as in the virtual world.
    retries: { most: 0, budget: null, on: [] },
    headers: { instance: 'X-Loadgen-Instance', trustForwarded: false, preserveHost: false, via: null },
    recording: null,
    compat: false,
    seed: null,
  }
}

/** The route classes of the shop's endpoints. */
export function shopRoutes(shop: Shop, service: string): RouteClassifier {
  return (method, path) => shop.routeOf(shop.routes.match(service, routedMethod(method as Method), path))
}

/**
 * Answers what clients of the predecessor ask the balancer itself, on the port that they know. As on an admin port
 * without a token, that is for programs of this machine.
 */
export function adminRoutes(
  control: BalancerControl,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const api = createPredecessorApi(control)
  return (request, response) => {
    if (!api.knows(request.url!)) return false
    try {
      requireLoopbackHost(request)
    } catch (refusal) {
      send(response, replyTo(refusal))
      return true
    }
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= MOST_ADMIN_BYTES) chunks.push(chunk)
    })
    request.on('end', () => {
      if (bytes <= MOST_ADMIN_BYTES) api.handle(request, Buffer.concat(chunks), response)
      else sendJson(response, 413, { error: `Body over ${MOST_ADMIN_BYTES} bytes` }, { connection: 'close' })
    })
    request.on('error', () => {})
    return true
  }
}
