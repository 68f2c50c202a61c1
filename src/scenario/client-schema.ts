/** The fields of `client`: how the users' HTTP client connects, what it sends, and when it tries again. */
import path from 'node:path'
import { z } from 'zod'
import {
  type ClientSettings,
  CONTENT_CODINGS,
  PROXY_WORDS,
  RETRY_CAUSES,
  SCHEDULERS,
} from './client-settings.ts'
import { retryBudget, text } from './fields.ts'
import { secondsToMs } from './units.ts'

/** k6, Go and browsers go on about as long: 10 (k6's maxRedirects), 10, 20. */
const DEFAULT_REDIRECTS = 10
const MEBIBYTE = 1024 * 1024
const DEFAULT_MAX_BODY_BYTES = 8 * MEBIBYTE
const MOST_BODY_BYTES = 1024 * MEBIBYTE

const PROXY = '"environment", "none" or a URL like http://127.0.0.1:3128, without a password'
/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const NO_VALUE = /[^\t\u0020-\u007e\u0080-\u00ff]/
/** What the client itself has to say about how a message is sent. */
const OWN_HEADERS = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
] as const
const HEADERS = `map of headers with texts of printable characters, without ${OWN_HEADERS.join(', ')}`

const retriesSchema = z.strictObject({
  most: z.int().min(0).max(20).default(0).describe('Attempts after the first.'),
  backoffMs: z
    .number()
    .min(0)
    .default(100)
    .describe('Wait before the first retry, in milliseconds; it doubles with every further one.'),
  maxBackoffMs: z.number().min(0).default(10_000).describe('The wait does not grow beyond this.'),
  jitter: z
    .enum(['full', 'none'])
    .default('full')
    .describe('full: the wait is uniform between 0 and that; none: just that.'),
  budget: retryBudget,
  unsafe: z.boolean().default(false).describe('Whether POST is tried again too: it may then happen twice.'),
  on: z
    .array(z.enum(RETRY_CAUSES))
    .min(1)
    .default(['dns', 'connect', 'reset', 'timeout', '502', '503', '504'])
    .describe('Failures and statuses after which a request is tried again.'),
})

const connectionsSchema = z.strictObject({
  per: z
    .enum(['pool', 'user'])
    .default('pool')
    .describe('pool: all users share the connections; user: each has its own, as a browser does.'),
  most: z
    .int()
    .min(1)
    .max(65_535)
    .default(256)
    .describe('Connections to one origin at once; requests beyond wait, with their intended start kept.'),
})

const tlsSchema = z.strictObject({
  verify: z.boolean().default(true).describe('Whether a certificate that is not trusted is refused.'),
  caFile: text
    .exactOptional()
    .describe("PEM file of certificates to trust in place of the system's; relative to the scenario."),
  certFile: text.exactOptional().describe('PEM file of the certificate that the client shows.'),
  keyFile: text.exactOptional().describe('PEM file of its private key.'),
  serverName: text
    .exactOptional()
    .describe('Name that is asked for (SNI) and looked for in the certificate.'),
})

export const clientSchema = z.strictObject({
  timeoutSeconds: z
    .number()
    .min(0.001)
    .default(10)
    .describe('After so long, in seconds, the client gives an attempt up.'),
  retries: retriesSchema.prefault({}).describe('When a request is tried again.'),
  hedgeAfterMs: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('A GET without an answer after so long is sent once more; the first answer counts.'),
  connections: connectionsSchema.prefault({}).describe('How many connections there are, and whose they are.'),
  pipelining: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('Requests under way on one connection at once; in HTTP/2 these are its streams.'),
  keepAliveSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(4)
    .describe('A connection with nothing to do is closed after so long; 0: after every answer.'),
  connectTimeoutSeconds: z
    .number()
    .min(0.001)
    .max(3600)
    .default(10)
    .describe('After so long, in seconds, a connection that does not come about is given up.'),
  maxBodyBytes: z
    .int()
    .min(0)
    .max(MOST_BODY_BYTES)
    .default(DEFAULT_MAX_BODY_BYTES)
    .describe('A body may be so long, in bytes; one that goes on is cut off and counts as too-large.'),
  http2: z.boolean().default(false).describe('Whether HTTP/2 is offered where there is TLS.'),
  tls: tlsSchema.prefault({}).describe('What is trusted, and what the client shows.'),
  proxy: z
    .string()
    .refine(isProxy, PROXY)
    .meta({ title: PROXY })
    .default('environment')
    .describe(
      'environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide, and loopback is asked directly; none; or a URL.',
    ),
  redirects: z
    .int()
    .min(0)
    .max(20)
    .exactOptional()
    .describe(`Redirects that are followed; by default ${DEFAULT_REDIRECTS}, and 0 with capture.`),
  cookies: z
    .boolean()
    .exactOptional()
    .describe('Whether users keep cookies while their session lasts; by default yes, and no with capture.'),
  acceptEncoding: z
    .array(z.enum(CONTENT_CODINGS))
    .default([])
    .describe('Codings that requests ask for, such as gzip. Bodies that are coded are decoded in any case.'),
  headers: z
    .record(z.string().regex(TOKEN), z.string())
    .refine((headers) => Object.entries(headers).every(isSendable), HEADERS)
    .meta({ title: HEADERS })
    .default({})
    .describe(
      'Headers of all requests that do not have them themselves. They stand in the manifest: no secrets.',
    ),
  traceHeaders: z
    .boolean()
    .default(true)
    .describe('Whether requests carry x-trace-id, traceparent and baggage.'),
  scheduler: z
    .enum(SCHEDULERS)
    .default('auto')
    .describe(
      'How a live run waits for the next start: thread: on time; timer: to 1 ms, for less CPU; auto: the thread, and the timer from 1,500 starts a second; precise: on time to some microseconds, for a whole core.',
    ),
})
export type ClientFile = z.infer<typeof clientSchema>

function isProxy(value: string): boolean {
  if ((PROXY_WORDS as readonly string[]).includes(value)) return true
  const url = URL.canParse(value) ? new URL(value) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === ''
}

function isSendable([name, value]: readonly [string, string]): boolean {
  return !(OWN_HEADERS as readonly string[]).includes(name.toLowerCase()) && !NO_VALUE.test(value)
}

export interface ClientSurroundings {
  /** What relative paths are relative to. */
  readonly folder: string
  /** The decisions of another balancer are recorded: each is one request and its own answer, and sticks to nobody. */
  readonly captured: boolean
}

export function resolveClient(file: ClientFile, { folder, captured }: ClientSurroundings): ClientSettings {
  const pem = (name: string | undefined): string | null =>
    name === undefined ? null : path.resolve(folder, name)
  return {
    timeoutMs: secondsToMs(file.timeoutSeconds),
    retries: file.retries,
    hedgeAfterMs: file.hedgeAfterMs,
    connections: file.connections,
    pipelining: file.pipelining,
    keepAliveMs: secondsToMs(file.keepAliveSeconds),
    connectTimeoutMs: secondsToMs(file.connectTimeoutSeconds),
    maxBodyBytes: file.maxBodyBytes,
    http2: file.http2,
    tls: {
      verify: file.tls.verify,
      caFile: pem(file.tls.caFile),
      certFile: pem(file.tls.certFile),
      keyFile: pem(file.tls.keyFile),
      serverName: file.tls.serverName ?? null,
    },
    proxy: file.proxy,
    redirects: file.redirects ?? (captured ? 0 : DEFAULT_REDIRECTS),
    cookies: file.cookies ?? !captured,
    acceptEncoding: file.acceptEncoding,
    headers: file.headers,
    traceHeaders: file.traceHeaders,
    scheduler: file.scheduler,
  }
}
