/** Asking every replica about itself, at a fixed pace. One that does not answer in time is not healthy. */
import type { InstanceReport, ServiceRouter } from '../../routing/index.ts'
import { UNREACHABLE } from '../../shop/index.ts'
import type { HttpClient, HttpResult } from './http-client.ts'
import { REPORT_PATH } from './replica-server.ts'
import { MAX_TIMER_MS } from './timers.ts'

export class HealthPoll {
  readonly #routers: readonly ServiceRouter[]
  readonly #probes: readonly (readonly HttpClient[])[]
  readonly #pollMs: number
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined

  /** @param probes by service and instance; connections of their own, which no request in flight can take */
  constructor(
    routers: readonly ServiceRouter[],
    probes: readonly (readonly HttpClient[])[],
    pollMs: number,
    now: () => number,
  ) {
    this.#now = now
    this.#routers = routers
    this.#probes = probes
    this.#pollMs = Math.min(pollMs, MAX_TIMER_MS)
  }

  start(): void {
    this.#timer = setInterval(() => this.#askAll(), this.#pollMs)
    this.#askAll()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #askAll(): void {
    for (const [service, router] of this.#routers.entries()) {
      for (const [instance, probe] of this.#probes[service]!.entries()) {
        const timer = setTimeout(() => abort('timeout'), this.#pollMs)
        const abort = probe.send({ method: 'GET', path: REPORT_PATH, headers: [] }, (result) => {
          clearTimeout(timer)
          // Once it has been stopped, an answer that is missing says nothing about the replica.
          if (this.#timer !== undefined) router.onReport(instance, toReport(result), this.#now())
        })
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
