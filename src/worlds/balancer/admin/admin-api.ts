/**
 * Finds the route of a request and writes its answer. Everything it says is JSON, but for the metrics; what is wrong
 * with a request is said in `{"error": ...}`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DataError, didYouMean, LearningError, LoadgenError, UsageError } from '../../../core/index.ts'
import { refuseForeignPages } from './access.ts'
import { type AdminReply, type AdminRequest, type AdminRoute, Refusal } from './route.ts'

interface RouteWithParts {
  readonly route: AdminRoute
  readonly parts: readonly string[]
}

interface Target {
  readonly path: string
  readonly query: URLSearchParams
}

export class AdminApi {
  readonly #routes: readonly RouteWithParts[]

  /** @param routes where two fit, the first counts */
  constructor(routes: readonly AdminRoute[]) {
    this.#routes = routes.map((route) => ({ route, parts: route.path.split('/') }))
  }

  get routes(): readonly AdminRoute[] {
    return this.#routes.map(({ route }) => route)
  }

  /** Whether there is a route for the path of this URL, by whatever method. */
  knows(url: string): boolean {
    const target = targetOf(url)
    return target !== undefined && this.#at(target.path).length > 0
  }

  /** Answers the request, or returns false if none of the routes is at this path. */
  handle(request: IncomingMessage, body: Buffer, response: ServerResponse): boolean {
    const target = targetOf(request.url ?? '/')
    const there = target === undefined ? [] : this.#at(target.path)
    if (target === undefined || there.length === 0) return false
    void this.#answer(request, there, target, body)
      .catch((error: unknown) => replyTo(error))
      .then((reply) => send(response, reply))
    return true
  }

  /** For a path where there is nothing: what there is. */
  notFound(url: string): AdminReply {
    const path = targetOf(url)?.path ?? url
    const routes = this.#routes.map(({ route }) => `${route.method} ${route.path}`)
    const error = `nothing at ${path}${didYouMean(
      path,
      this.#routes.map(({ route }) => route.path),
    )}`
    return { status: 404, json: { error, routes } }
  }

  async #answer(
    message: IncomingMessage,
    there: readonly RouteWithParts[],
    { path, query }: Target,
    body: Buffer,
  ): Promise<AdminReply> {
    const method = message.method === 'HEAD' ? 'GET' : message.method
    const found = there.find(({ route }) => route.method === method)
    if (found === undefined) {
      const allowed = [...new Set(there.map(({ route }) => route.method))].join(', ')
      throw new Refusal(405, `${message.method} ${path}: there is only ${allowed}`, { allow: allowed })
    }
    refuseForeignPages(message)
    const request: AdminRequest = { parameters: parametersOf(found.parts, path), query, body }
    return found.route.answer(request)
  }

  #at(path: string): RouteWithParts[] {
    const parts = path.split('/')
    const fitting = this.#routes.filter((route) => fits(route.parts, parts))
    // "/api/services/status" is no service of that name.
    const literal = fitting.filter(({ route }) => route.path === path)
    return literal.length > 0 ? literal : fitting
  }
}

/** Writes a reply in one piece. */
export function send(response: ServerResponse, { status = 200, json, text, headers = {} }: AdminReply): void {
  const content = text?.content ?? `${JSON.stringify(json)}\n`
  response.writeHead(status, {
    'content-type': text?.type ?? 'application/json',
    'content-length': Buffer.byteLength(content),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(content)
}

/** What somebody is told whose request failed. */
export function replyTo(error: unknown): AdminReply {
  if (error instanceof Refusal) {
    return { status: error.status, json: { error: error.message }, headers: error.headers }
  }
  if (!(error instanceof LoadgenError)) return { status: 500, json: { error: String(error) } }
  return { status: statusOf(error), json: { error: error.message } }
}

function statusOf(error: LoadgenError): number {
  if (error instanceof UsageError) return 400
  if (error instanceof LearningError || error instanceof DataError) return 422
  return 500
}

function targetOf(url: string): Target | undefined {
  if (!url.startsWith('/')) return undefined
  const queryAt = url.indexOf('?')
  if (queryAt === -1) return { path: url, query: new URLSearchParams() }
  return { path: url.slice(0, queryAt), query: new URLSearchParams(url.slice(queryAt + 1)) }
}

function fits(route: readonly string[], path: readonly string[]): boolean {
  return (
    route.length === path.length &&
    route.every((part, i) => (part.startsWith('{') ? path[i] !== '' : part === path[i]))
  )
}

function parametersOf(route: readonly string[], path: string): Record<string, string> {
  const parts = path.split('/')
  const parameters: Record<string, string> = {}
  for (const [i, part] of route.entries()) {
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = decoded(parts[i]!)
  }
  return parameters
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Refusal(400, `"${part}" is not well encoded: "%" is written "%25"`)
  }
}
