/** Asking every instance whether it is well, at a fixed pace. One that does not answer in time is not. */
import type { InstanceReport } from '../../routing/index.ts'
import type { HealthConfig } from '../../scenario/index.ts'
import { UNREACHABLE } from '../../shop/index.ts'
import type { HttpResult } from '../live/engine/http-client.ts'
import { MAX_TIMER_MS } from '../live/timers.ts'
import type { BalancedService } from './balanced-service.ts'
import type { Upstream } from './upstream.ts'

const NOT_TOLD = { cpu: Number.NaN, memory: Number.NaN, queueDepth: Number.NaN }

export class HealthChecks {
  readonly #service: BalancedService
  readonly #now: () => number
  readonly #waiting = new Set<Upstream>()
  #timer: NodeJS.Timeout | undefined

  constructor(service: BalancedService, now: () => number) {
    this.#service = service
    this.#now = now
  }

  start(): void {
    const { health } = this.#service.config
    if (health === null) return
    this.#timer = setInterval(() => this.#askAll(health), Math.min(health.intervalMs, MAX_TIMER_MS))
    this.#askAll(health)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #askAll(health: HealthConfig): void {
    for (const upstream of this.#service.upstreams) {
      if (!upstream.gone && !this.#waiting.has(upstream)) this.#ask(upstream, health)
    }
  }

  #ask(upstream: Upstream, health: HealthConfig): void {
    this.#waiting.add(upstream)
    const abort = upstream.checks.send({ method: 'GET', path: health.path, headers: [] }, (result) => {
      clearTimeout(timer)
      this.#waiting.delete(upstream)
      // Once it has been stopped, an answer that is missing says nothing about the instance.
      if (this.#timer !== undefined) upstream.onReport(toReport(result, health), this.#now())
    })
    const timer = setTimeout(() => abort('timeout'), Math.min(health.timeoutMs, MAX_TIMER_MS))
  }
}

function toReport({ status, body }: HttpResult, { statuses, report }: HealthConfig): InstanceReport {
  const well = statuses.length === 0 ? status >= 200 && status < 300 : statuses.includes(status)
  if (!well) return UNREACHABLE
  return report ? readReport(body) : { healthy: true, ...NOT_TOLD }
}

/** What is no report is no answer; what a report does not tell is not known. */
function readReport(body: Buffer): InstanceReport {
  try {
    const told = JSON.parse(body.toString('utf8')) as Record<string, unknown>
    if (typeof told.healthy !== 'boolean') return UNREACHABLE
    const { cpu, memory, queueDepth } = told
    return {
      healthy: told.healthy,
      cpu: numberOf(cpu),
      memory: numberOf(memory),
      queueDepth: numberOf(queueDepth),
    }
  } catch {
    return UNREACHABLE
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}
