/** The doctor's requests: one at a time, as a user of ours sends them. */
import { randomBytes } from 'node:crypto'
import type { Request } from '../../core/index.ts'
import type { ConnectionSettings } from '../../scenario/index.ts'
import { HttpClient, type HttpResult, toHttpCall } from '../../worlds/index.ts'

const PATIENCE_MS = 5_000

export interface Answer extends HttpResult {
  /** `X-Trace-Id` that the request had. */
  readonly trace: string
  /** When it was sent and answered, in ms since the epoch. */
  readonly sentAtMs: number
  readonly answeredAtMs: number
}

export class DoctorClient {
  readonly origin: string
  readonly prefix: string
  readonly #client: HttpClient

  constructor(origin: string, prefix: string, settings: ConnectionSettings) {
    this.origin = origin
    this.prefix = prefix
    // What a redirect would lead to is no answer of this balancer.
    this.#client = new HttpClient(origin, { ...settings, redirects: 0 })
  }

  ask(request: Request): Promise<Answer> {
    const trace = randomBytes(16).toString('hex')
    const context = { trace, phase: 'doctor', profile: 'doctor', hop: 0, attempt: 0, key: 0 }
    const sentAtMs = Date.now()
    return new Promise((resolve) => {
      const timer = setTimeout(() => abort('timeout'), PATIENCE_MS)
      const abort = this.#client.send(toHttpCall(request, context, this.prefix), (result) => {
        clearTimeout(timer)
        resolve({ ...result, trace, sentAtMs, answeredAtMs: Date.now() })
      })
    })
  }

  close(): Promise<void> {
    return this.#client.close()
  }
}

/** `200`, or why there is no status. */
export function outcomeText({ status, failure }: Pick<Answer, 'status' | 'failure'>): string {
  return failure === null ? `status ${status}` : `no answer (${failure})`
}
