/** A server that speaks the query API of Prometheus over values that a test sets. */
import { afterEach } from 'vitest'
import { type RunningServer, sendJson, startHttpServer } from '../../../../src/worlds/live/http-server.ts'

const servers: RunningServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

export interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

export interface StubServer {
  readonly url: string
  /** Queries that came, and the authorization that they had. */
  readonly asked: { readonly query: string; readonly authorization: string | undefined }[]
}

/** @param answer status and body for a query, or undefined for silence */
export async function prometheusOf(
  answer: (query: string) => readonly [status: number, body: unknown] | undefined,
): Promise<StubServer> {
  const asked: StubServer['asked'] = []
  const server = await startHttpServer((request, _, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://stub')
    const query = searchParams.get('query') ?? ''
    asked.push({ query, authorization: request.headers.authorization })
    const [status, body] = pathname === '/api/v1/query' ? (answer(query) ?? []) : ([404, {}] as const)
    if (status !== undefined) sendJson(response, status, body)
  })
  servers.push(server)
  return { url: `http://127.0.0.1:${server.port}`, asked }
}

/** As Prometheus answers an instant query. */
export function vector(...series: readonly Series[]): readonly [number, unknown] {
  return [200, { status: 'success', data: { resultType: 'vector', result: series } }]
}

export function series(value: string, metric: Readonly<Record<string, string>>): Series {
  return { metric, value: [1_700_000_000, value] }
}
