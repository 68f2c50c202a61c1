/**
 * How the predecessor's clients speak: Python's `requests.Session` on one kept-alive connection, with its headers and
 * its JSON, which has a blank behind every comma and colon.
 */
import { Agent, type IncomingMessage, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a client reads what it needs
  readonly json: any
}

export class PredecessorSession {
  readonly #baseUrl: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #token = ''
  /** Connections that were opened. A server that loses step, or closes, makes it more than one. */
  connections = 0

  /** @param baseUrl as in the configuration of the clients: `http://host:port/proxy` */
  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl
  }

  /** From now on, `Authorization: Bearer <token>` is sent. */
  signIn(token: string): void {
    this.#token = token
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path)
  }

  post(path: string, body?: object): Promise<Answer> {
    return this.send('POST', path, body)
  }

  send(
    method: string,
    path: string,
    body?: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const bytes = body === undefined ? undefined : Buffer.from(pythonJson(body))
    const headers = {
      'User-Agent': 'python-requests/2.31.0',
      'Accept-Encoding': 'gzip, deflate, br',
      Accept: '*/*',
      Connection: 'keep-alive',
      ...(bytes === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': bytes.length }),
      ...(bytes === undefined && method === 'POST' ? { 'Content-Length': 0 } : {}),
      ...(this.#token === '' ? {} : { Authorization: `Bearer ${this.#token}` }),
      ...more,
    }
    return new Promise((resolve, reject) => {
      const asked = request(
        `${this.#baseUrl}${path}`,
        { method, headers, agent: this.#agent },
        (response) => {
          if (!asked.reusedSocket) this.connections++
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => resolve(answerOf(response, Buffer.concat(chunks).toString())))
        },
      )
      asked.on('error', reject)
      asked.end(bytes)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function answerOf({ statusCode, headers }: IncomingMessage, text: string): Answer {
  return { status: statusCode!, headers, text, json: text === '' ? undefined : JSON.parse(text) }
}

/** As `json.dumps` writes it. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${pythonJson(member)}`,
  )
  return `{${members.join(', ')}}`
}
