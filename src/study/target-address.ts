/** Where a balancer that is not ours is, and whether anything is there. */
import { type FailureKind, TargetError } from '../core/index.ts'
import type { ConnectionSettings } from '../scenario/index.ts'
import { HttpClient, type HttpResult } from '../worlds/index.ts'

/** Splits a target's URL; one without a path means `/proxy`, as our own balancer has it. */
export function targetAddress(target: string): { origin: string; prefix: string } {
  const url = URL.canParse(target) ? new URL(target) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TargetError(`target "${target}": expected a URL like http://127.0.0.1:8080/proxy`)
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TargetError(
      `target "${target}": expected scheme, host, port and path only, like http://127.0.0.1:8080/proxy`,
    )
  }
  const path = url.pathname.replace(/\/+$/, '')
  return { origin: url.origin, prefix: path === '' ? '/proxy' : path }
}

const HINTS: Readonly<Partial<Record<FailureKind, string>>> = {
  timeout: 'something takes the connection and keeps silent',
  framing: 'what answers there speaks no HTTP',
  reset:
    'something takes the connection and breaks it off, as one does that speaks HTTPS where it is asked by HTTP, or the ' +
    'other way round',
  dns: 'its name leads nowhere',
  tls:
    'there is no TLS that can be trusted: the certificate is not (client.tls.caFile or NODE_EXTRA_CA_CERTS=FILE trusts ' +
    'one, client.tls.verify: false any), or what answers there speaks no TLS',
  resources: 'this machine has no file descriptor or port left (ulimit -n)',
}

/** Why there is no answer at a URL, and what to do about it. */
export function noAnswerText(url: string, failure: FailureKind, detail?: string): string {
  const hint = HINTS[failure]
  const todo =
    hint === undefined
      ? 'start the balancer, or correct --target'
      : `${hint}: look there, or correct --target`
  // Where the class says it all, the system's word for it adds nothing.
  const why = detail === undefined || hint === undefined ? failure : `${failure}: ${detail}`
  return `${url}: no answer (${why}): ${todo}`
}

/**
 * Makes sure that something answers there, asked as the users will ask. Any HTTP answer will do: whether it is a good one is for the thresholds.
 *
 * @throws TargetError if nothing does
 */
export async function requireTarget(target: string, settings: ConnectionSettings): Promise<void> {
  const { origin, prefix } = targetAddress(target)
  const client = new HttpClient(origin, { ...settings, redirects: 0 })
  const path = `${prefix}/user-service/actuator/health`
  const { failure, failureDetail } = await new Promise<HttpResult>((resolve) => {
    const abort = client.send({ method: 'GET', path, headers: [] }, (result) => {
      clearTimeout(timer)
      resolve(result)
    })
    const timer = setTimeout(() => abort('timeout'), 5_000)
  })
  await client.close()
  if (failure === null) return
  throw new TargetError(
    `${noAnswerText(`${origin}${path}`, failure, failureDetail)}; without --target, loadgen raises its own`,
  )
}
