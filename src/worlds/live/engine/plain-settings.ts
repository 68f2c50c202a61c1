/** How everybody connects who is no user of a scenario: replicas to their balancer, health checks, polls, the doctor. */
import type { ConnectionSettings } from '../../../scenario/index.ts'

const MAX_BODY_BYTES = 8 * 1024 * 1024

/** Nothing is followed, kept or added: what is asked is what is sent. */
export function plainSettings(connections: number): ConnectionSettings {
  return {
    connections: { per: 'pool', most: connections },
    pipelining: 1,
    keepAliveMs: 4_000,
    connectTimeoutMs: 10_000,
    maxBodyBytes: MAX_BODY_BYTES,
    http2: false,
    tls: { verify: true, caFile: null, certFile: null, keyFile: null, serverName: null },
    proxy: 'none',
    redirects: 0,
    cookies: false,
    acceptEncoding: [],
    headers: {},
  }
}
