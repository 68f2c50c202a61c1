/** Asking every replica about itself, at a fixed pace. One that does not answer in time is not healthy. */
import type { InstanceReport, ServiceRouter } from '../../routing/index.ts'
import type { HttpClient, HttpResult } from './http-client.ts'
import { REPORT_PATH } from './replica-server.ts'

const UNREACHABLE: InstanceReport = {
  healthy: false,
  cpu: Number.NaN,
  memory: Number.NaN,
  queueDepth: Number.NaN,
}

export class HealthPoll {
  readonly #routers: readonly ServiceRouter[]
  readonly #upstreams: readonly (readonly HttpClient[])[]
  readonly #pollMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(
    routers: readonly ServiceRouter[],
    upstreams: readonly (readonly HttpClient[])[],
    pollMs: number,
  ) {
    this.#routers = routers
    this.#upstreams = upstreams
    this.#pollMs = pollMs
  }

  start(): void {
    this.#askAll()
    this.#timer = setInterval(() => this.#askAll(), this.#pollMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #askAll(): void {
    for (const [service, router] of this.#routers.entries()) {
      for (const [instance, upstream] of this.#upstreams[service]!.entries()) {
        const abort = upstream.send({ method: 'GET', path: REPORT_PATH, headers: [] }, (result) => {
          clearTimeout(timer)
          router.onReport(instance, toReport(result))
        })
        const timer = setTimeout(() => abort('timeout'), this.#pollMs)
      }
    }
  }
}

function toReport(result: HttpResult): InstanceReport {
  if (result.status !== 200) return UNREACHABLE
  try {
    return JSON.parse(result.body.toString('utf8')) as InstanceReport
  } catch {
    return UNREACHABLE
  }
}
