/** What a route of the admin API is, and what it may ask and answer. */
import type { JsonObject } from '../../../core/index.ts'

export interface AdminRequest {
  /** Of the braces in the route's path, by their names. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The body as it came. */
  readonly body: Buffer
}

export interface AdminReply {
  /** 200 unless it says otherwise. */
  readonly status?: number
  readonly json?: unknown
  /** Instead of JSON. */
  readonly text?: { readonly type: string; readonly content: string }
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** E.g. `/api/v1/services/{service}`: a brace stands for one part of a path. */
  readonly path: string
  /** One line for the list of routes and the docs. */
  readonly summary: string
  /** @throws Refusal, or a LoadgenError: then the caller is told what was wrong, and nothing has changed */
  answer(request: AdminRequest): AdminReply | Promise<AdminReply>
}

/** A request that is answered by "no". */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** @throws Refusal if the body is no JSON object */
export function jsonBody({ body }: AdminRequest): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new Refusal(400, `body: expected JSON, got none that can be read (${(error as Error).message})`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new Refusal(400, 'body: expected a JSON object, for example {"policy": "round-robin"}')
}
