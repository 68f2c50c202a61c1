/** Asks an admin API over a real socket. */
import { request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** Undefined if it is none. */
  readonly json: ReturnType<typeof JSON.parse>
}

export interface Asked {
  readonly body?: string | object
  readonly headers?: Readonly<Record<string, string>>
}

/** @param what method and path, e.g. `GET /healthz` */
export function ask(base: string, what: string, { body, headers = {} }: Asked = {}): Promise<Answer> {
  const [method, path] = what.split(' ') as [string, string]
  const sent = typeof body === 'object' ? JSON.stringify(body) : body
  return new Promise((resolve, reject) => {
    const call = request(`${base}${path}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode!, headers: response.headers, text, json: parsed(text) })
      })
    })
    call.on('error', reject)
    call.end(sent)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
