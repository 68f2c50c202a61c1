/** The least that a target must be: the shop's front door over plain HTTP, with what a test wants otherwise. */
import type { IncomingHttpHeaders } from 'node:http'
import { afterEach } from 'vitest'
import { type RunningServer, sendJson, startHttpServer } from '../../src/worlds/live/http-server.ts'

const servers: RunningServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

export interface StubAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Asked {
  readonly method: string
  readonly service: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/** @param change what is answered otherwise; undefined leaves the usual answer */
export async function stubTarget(
  change: (asked: Asked) => StubAnswer | undefined,
): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = []
  const server = await startHttpServer((request, _, response) => {
    const [, service = '', path = ''] = /^\/proxy\/([\w-]+)(.*)$/.exec(request.url!) ?? []
    const question = { method: request.method!, service, path, headers: request.headers }
    asked.push(`${question.method} ${service}${path}`)
    const { status, body, headers } = change(question) ?? usual(question)
    sendJson(response, status, body ?? {}, { ...headers })
  })
  servers.push(server)
  return { url: `http://127.0.0.1:${server.port}`, asked }
}

function usual({ path, headers }: Asked): StubAnswer {
  const trace = { 'x-trace-id': String(headers['x-trace-id']) }
  if (path === '/api/users/register') return { status: 201, headers: trace }
  if (path === '/api/users/login')
    return { status: 200, body: { token: 't', user: { id: 7 } }, headers: trace }
  const isThere = !/NO-SUCH|payments\/0/.test(path)
  return { status: isThere ? 200 : 404, headers: trace }
}
