/** Asking instances how busy they are, for policies that want to know before they decide (Prequal, NSDI 2024). */
import type { Random } from '../../core/index.ts'
import { IndexBuffer } from '../../routing/index.ts'
import type { BalancedService } from './balanced-service.ts'

/** What is later than that says nothing of the present. */
const PATIENCE_MS = 1_000

export class Probes {
  readonly #service: BalancedService
  readonly #random: Random
  readonly #now: () => number
  readonly #targets = new IndexBuffer()
  readonly #report = { instance: 0, nowMs: 0, inFlight: 0, latencyMs: Number.NaN }

  constructor(service: BalancedService, random: Random, now: () => number) {
    this.#service = service
    this.#random = random
    this.#now = now
  }

  /** A decision has been made: sends what its policy wants to know. */
  send(): void {
    const { policy, observation } = this.#service.router
    const { probePath } = this.#service.config
    if (policy.probes === undefined || probePath === null) return
    const targets = this.#targets.of(observation.count)
    const count = policy.probes(observation, this.#random, targets)
    for (let i = 0; i < count; i++) this.#ask(targets[i]!, probePath)
  }

  #ask(instance: number, path: string): void {
    const upstream = this.#service.upstreams[instance]!
    if (upstream.gone) return
    const abort = upstream.probes.send({ method: 'GET', path, headers: [] }, ({ status, body }) => {
      clearTimeout(timer)
      if (status === 200) this.#tell(instance, body)
    })
    const timer = setTimeout(() => abort('timeout'), PATIENCE_MS)
  }

  #tell(instance: number, body: Buffer): void {
    const answer = parsed(body)
    if (typeof answer?.inFlight !== 'number') return
    const report = this.#report
    report.instance = instance
    report.nowMs = this.#now()
    report.inFlight = answer.inFlight
    report.latencyMs = typeof answer.latencyMs === 'number' ? answer.latencyMs : Number.NaN
    this.#service.router.policy.onProbe?.(report)
  }
}

function parsed(body: Buffer): { inFlight?: unknown; latencyMs?: unknown } | null {
  try {
    return JSON.parse(body.toString('utf8')) as { inFlight?: unknown; latencyMs?: unknown } | null
  } catch {
    return null
  }
}
