/** The fields of `capture`, declared once: how the decisions of a balancer that is not ours are seen. */
import { z } from 'zod'
import type { CaptureSettings } from './capture-settings.ts'
import { byFullServiceName, perService, text } from './fields.ts'
import { secondsToMs } from './units.ts'

const HEADER = 'name of a header or cookie, such as X-Upstream'
/** A token (RFC 9110, section 5.6.2). */
export const TOKEN_PATTERN = /^[!#$%&'*+\-.^_`|~\w]+$/
const name = z.string().regex(TOKEN_PATTERN).meta({ title: HEADER })

const URL_TITLE = 'URL such as http://127.0.0.1:9090'
const url = z.string().refine(isHttpUrl, URL_TITLE).meta({ title: URL_TITLE })

const VARIABLE = 'name of an environment variable'
const polled = {
  pollSeconds: z.number().min(0.1).default(5).describe('How often it is asked.'),
  tokenVariable: z
    .string()
    .regex(/^[A-Za-z_]\w*$/)
    .meta({ title: VARIABLE })
    .exactOptional()
    .describe('Environment variable that holds a bearer token for it.'),
}

const prometheusSchema = z.strictObject({
  url: url.describe('Where Prometheus is, without /api/v1.'),
  ...polled,
  instanceLabel: text.default('instance').describe('Label that names the instance as the header does.'),
  queries: z
    .record(z.string(), text)
    .refine((queries) => Object.keys(queries).length > 0, 'map with at least one query')
    .describe('PromQL by feature of an instance; $service stands for the name of the service.'),
})

const adminSchema = z.strictObject({
  url: url.describe("Where the admin API of loadgen's own balancer is."),
  ...polled,
})

export const captureSchema = z.strictObject({
  instanceHeader: name.exactOptional().describe('Response header that names the instance.'),
  instanceCookie: name.exactOptional().describe('Cookie that names it, where no header does.'),
  instances: perService(z.union([z.array(text).min(1), z.record(text, text)]))
    .default({})
    .describe('Instances of a service: a list of their names, or a map from header values to ids.'),
  estimatePropensities: z
    .boolean()
    .default(false)
    .describe('Whether propensities are estimated from how often each instance answers.'),
  prometheus: prometheusSchema.exactOptional().describe('Where the state of instances comes from.'),
  admin: adminSchema.exactOptional().describe('Where it comes from if the balancer is one of ours.'),
})
export type CaptureFile = z.infer<typeof captureSchema>

export function resolveCapture(file: CaptureFile): CaptureSettings {
  const { instanceHeader, instanceCookie, instances, estimatePropensities, prometheus, admin } = file
  return {
    instanceHeader: instanceHeader?.toLowerCase() ?? null,
    instanceCookie: instanceCookie ?? null,
    instances: byFullServiceName(
      Object.fromEntries(Object.entries(instances).map(([service, ids]) => [service, idsByValue(ids!)])),
    ),
    estimatePropensities,
    prometheus:
      prometheus === undefined
        ? null
        : {
            ...resolvePolled(prometheus),
            instanceLabel: prometheus.instanceLabel,
            queries: prometheus.queries,
          },
    admin: admin === undefined ? null : resolvePolled(admin),
  }
}

function resolvePolled(file: NonNullable<CaptureFile['admin']>): NonNullable<CaptureSettings['admin']> {
  return {
    url: file.url.replace(/\/+$/, ''),
    pollMs: secondsToMs(file.pollSeconds),
    tokenVariable: file.tokenVariable ?? null,
  }
}

function idsByValue(ids: readonly string[] | Readonly<Record<string, string>>): Record<string, string> {
  return isList(ids) ? Object.fromEntries(ids.map((id) => [id, id])) : { ...ids }
}

function isList(ids: readonly string[] | Readonly<Record<string, string>>): ids is readonly string[] {
  return Array.isArray(ids)
}

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, search, hash, username } = new URL(value)
  return (protocol === 'http:' || protocol === 'https:') && search + hash + username === ''
}
