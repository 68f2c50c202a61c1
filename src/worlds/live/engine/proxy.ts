/**
 * The way to an origin: straight, or by a proxy. To `http:` a proxy is asked for whole URLs (RFC 9112, section 3.2.2),
 * to `https:` it lends a tunnel (`CONNECT`: RFC 9110, section 9.3.6).
 *
 * Which proxy, the environment says as for curl and undici: `http_proxy`, `https_proxy`, `no_proxy`, or the same in upper
 * case. A target on loopback is never behind it: whoever wants that names the proxy in the scenario.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

export type Connector = buildConnector.connector
export type Environment = Readonly<Record<string, string | undefined>>

export type Route =
  | { readonly kind: 'direct' }
  /** whole: the proxy is sent whole URLs; tunnel: it passes bytes on. */
  | { readonly kind: 'whole' | 'tunnel'; readonly proxy: URL; readonly authorization: string | undefined }

const DIRECT: Route = { kind: 'direct' }
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/

/** @param proxy `environment`, `none`, or a URL */
export function routeTo(target: URL, proxy: string, environment: Environment): Route {
  if (proxy === 'none') return DIRECT
  const url = proxy === 'environment' ? proxyOf(target, environment) : new URL(proxy)
  if (url === undefined) return DIRECT
  const { username, password } = url
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    kind: target.protocol === 'https:' ? 'tunnel' : 'whole',
    proxy: url,
    authorization: username === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  }
}

function proxyOf(target: URL, environment: Environment): URL | undefined {
  if (LOOPBACK.test(target.hostname) || isExempt(target, variable(environment, 'no_proxy') ?? ''))
    return undefined
  const named = variable(environment, target.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
  if (named === undefined) return undefined
  const text = named.includes('://') ? named : `http://${named}`
  return URL.canParse(text) ? new URL(text) : undefined
}

function variable(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toUpperCase()] || undefined
}

/** `*`, or hosts by comma or space, each with all that end in it, and with a port if only that one is meant. */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const actualPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true
      const [, host, ofPort] = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(entry) ?? []
      if (host === undefined || (ofPort !== undefined && ofPort !== actualPort)) return false
      return hostname === host || hostname.endsWith(`.${host}`)
    })
}

/** Connects by a tunnel. @param secure does what is to be done at its other end */
export function tunnelConnector(
  { proxy, authorization }: { readonly proxy: URL; readonly authorization: string | undefined },
  secure: Connector,
  timeoutMs: number,
): Connector {
  return (options, callback) => {
    const authority = `${options.hostname}:${options.port || 443}`
    const ask = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
      },
      agent: false,
      timeout: timeoutMs,
    })
    ask.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return secure({ ...options, httpSocket: socket as Socket } as never, callback)
      socket.destroy()
      callback(coded(`PROXY_${statusCode}`, `the proxy answers ${statusCode}`), null)
    })
    ask.once('timeout', () => ask.destroy(coded('UND_ERR_CONNECT_TIMEOUT', 'the proxy keeps silent')))
    ask.once('error', (error) => callback(error, null))
    ask.end()
  }
}

function coded(code: string, text: string): Error {
  return Object.assign(new Error(text), { code })
}
