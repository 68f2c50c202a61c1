/** From a balancer's file to its settings: checked as a whole, then resolved. */
import { checkSchema } from '../check-schema.ts'
import { Problems } from '../problems.ts'
import { SourceDocument } from '../source-document.ts'
import { secondsToMs } from '../units.ts'
import type {
  AdminConfig,
  AffinityConfig,
  BalancerConfig,
  HealthConfig,
  ListenAddress,
  ServiceConfig,
} from './balancer-config.ts'
import { type CheckPolicy, checkBalancerRules } from './balancer-rules.ts'
import { ADDRESS_PATTERN, AFFINITY_PATTERN, type BalancerFile, balancerSchema } from './balancer-schema.ts'

/**
 * @param checkPolicy what is wrong with the text of a policy, or undefined
 * @throws ConfigError with every problem of the file
 */
export function loadBalancerConfig(file: string, checkPolicy: CheckPolicy): BalancerConfig {
  const document = SourceDocument.read(file)
  const problems = new Problems()
  const parsed = checkSchema(document, [], balancerSchema, problems)
  checkBalancerRules(document, checkPolicy, problems)
  problems.throwIfAny()
  return resolve(parsed!)
}

function resolve(file: BalancerFile): BalancerConfig {
  const { timeouts, headers, recording } = file
  return {
    listen: parseAddress(file.listen),
    admin: resolveAdmin(file.admin),
    services: Object.entries(file.services).map(([name, service]) =>
      resolveService(name, service, file.policy),
    ),
    timeouts: {
      connectMs: secondsToMs(timeouts.connectSeconds),
      answerMs: secondsToMs(timeouts.answerSeconds),
      headersMs: secondsToMs(timeouts.headersSeconds),
      bodyMs: secondsToMs(timeouts.bodySeconds),
      idleMs: secondsToMs(timeouts.idleSeconds),
      drainMs: secondsToMs(timeouts.drainSeconds),
    },
    limits: file.limits,
    retries: file.retries,
    headers: {
      ...headers,
      // The predecessor did not tell.
      instance: headers.instance === false || file.compat ? null : headers.instance,
      via: headers.via ?? null,
    },
    recording: recording ?? null,
    compat: file.compat,
    seed: file.seed ?? null,
  }
}

function resolveAdmin(admin: BalancerFile['admin']): AdminConfig | null {
  return admin === null
    ? null
    : { ...parseAddress(admin.listen), token: admin.token ?? null, rlAgent: admin.rlAgent ?? null }
}

function resolveService(
  name: string,
  service: BalancerFile['services'][string],
  policy: string,
): ServiceConfig {
  const { match } = service
  return {
    name,
    match: { path: match === undefined ? `/proxy/${name}` : (match.path ?? '/'), host: match?.host ?? null },
    stripPrefix: service.stripPrefix ?? match === undefined,
    policy: service.policy ?? policy,
    instances: service.instances.map(({ id, url, weight }, index) => ({
      id: id ?? `${name}-${index + 1}`,
      url: new URL(url).origin,
      weight,
    })),
    health: resolveHealth(service.health),
    passiveFailures: service.passiveFailures,
    probePath: service.probePath ?? null,
    routes: service.routes,
    affinity: parseAffinity(service.affinity),
  }
}

function resolveHealth(health: BalancerFile['services'][string]['health']): HealthConfig | null {
  if (health === undefined) return null
  const { path, rise, fall, statuses, report } = health
  return {
    path,
    rise,
    fall,
    statuses,
    report,
    intervalMs: secondsToMs(health.intervalSeconds),
    timeoutMs: secondsToMs(health.timeoutSeconds),
  }
}

/** @param text as the schema wants it */
export function parseAddress(text: string): ListenAddress {
  const [, host, port] = ADDRESS_PATTERN.exec(text)!
  return { host: host!.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}

function parseAffinity(text: string): AffinityConfig {
  const [, plain, by, name] = AFFINITY_PATTERN.exec(text)!
  if (plain !== undefined) return { by: plain as 'path' | 'client' }
  return { by: by as 'header' | 'cookie', name: by === 'header' ? name!.toLowerCase() : name! }
}
