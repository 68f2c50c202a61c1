/**
 * What the way of a request needs to know of the client's side: as much of `node:http` as `quick-connection.ts` can do as
 * well.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'

export interface ClientRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  /** Names and values in turn, as they were spelt. */
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingHttpHeaders
  /** All of it has come. One with a body that has not is a `node:http` one. */
  readonly complete: boolean
  readonly socket: { readonly remoteAddress?: string | undefined }
}

export interface ClientResponse {
  readonly req: ClientRequest
  readonly statusCode: number
  readonly destroyed: boolean
  /** Null while it is not its turn. */
  readonly socket: Socket | null
  /** @param headers names and values in turn */
  writeHead(status: number, headers: string[]): unknown
  write(chunk: Buffer): boolean
  write(text: string, encoding: 'latin1'): boolean
  end(chunk?: Buffer): unknown
  flushHeaders(): void
  destroy(): unknown
  on(event: 'drain', listener: () => void): unknown
  once(event: 'close', listener: () => void): unknown
}
