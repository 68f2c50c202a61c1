/** One exchange with an engine, for the tests of the engine: what came of it, as a promise. */
import { afterEach } from 'vitest'
import type { ConnectionSettings } from '../../../../src/scenario/index.ts'
import { type EngineUser, HttpClient, type HttpResult } from '../../../../src/worlds/index.ts'
import { Exchange } from '../../../../src/worlds/live/engine/exchange.ts'
import { resultOf } from '../../../../src/worlds/live/engine/http-client.ts'
import { plainSettings } from '../../../../src/worlds/live/engine/plain-settings.ts'

const clients: HttpClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

export function clientOf(origin: string, settings: Partial<ConnectionSettings> = {}): HttpClient {
  const client = new HttpClient(origin, { ...plainSettings(4), ...settings })
  clients.push(client)
  return client
}

export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: string[]
  readonly body?: string | null
  readonly user?: EngineUser
  readonly keepsBody?: boolean
}

export class AskedExchange extends Exchange {
  readonly result: Promise<HttpResult>
  /** In the order of their coming. */
  readonly events: string[] = []
  #resolve!: (result: HttpResult) => void

  constructor({ method = 'GET', path = '/', headers = [], body = null, user, keepsBody = true }: Asked) {
    super(method, path, headers, body, user, keepsBody)
    this.result = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  protected override assigned(): void {
    this.events.push('assigned')
  }

  protected override sent(): void {
    this.events.push('sent')
  }

  protected override ended(): void {
    this.events.push('ended')
    this.#resolve(resultOf(this))
  }
}

export function begin(client: HttpClient, asked: Asked = {}): AskedExchange {
  const exchange = new AskedExchange(asked)
  client.dispatch(exchange)
  return exchange
}

export function ask(client: HttpClient, asked: Asked = {}): Promise<HttpResult> {
  return begin(client, asked).result
}
