/** The answer on a quick connection: status line, headers and body as HTTP/1.1 has them, in as few writes as can be. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ClientResponse } from './client-exchange.ts'
import type { QuickConnection, QuickRequest, QuickSetting } from './quick-connection.ts'

export class QuickResponse implements ClientResponse {
  readonly req: QuickRequest
  statusCode = 0
  readonly #connection: QuickConnection
  readonly #setting: QuickSetting
  #close: boolean
  /** Not sent yet. */
  #head = ''
  #bodyless = false
  #chunked = false
  #over = false
  #drained: () => void = nothing
  #closed: () => void = nothing

  constructor(connection: QuickConnection, req: QuickRequest, close: boolean, setting: QuickSetting) {
    this.#connection = connection
    this.req = req
    this.#close = close
    this.#setting = setting
  }

  get socket(): Socket {
    return this.#connection.socket
  }

  get destroyed(): boolean {
    return this.#connection.socket.destroyed
  }

  writeHead(status: number, headers: string[]): void {
    this.statusCode = status
    this.#bodyless = this.req.method === 'HEAD' || status === 204 || status === 304
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`
    let hasLength = false
    let hasDate = false
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!
      if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH) hasLength = true
      else if (name.length === DATE.length && name.toLowerCase() === DATE) hasDate = true
      else if (name === CONNECTION) {
        this.#close ||= headers[i + 1] === 'close'
        continue
      }
      head += `${name}: ${headers[i + 1]}\r\n`
    }
    if (!hasDate) head += `date: ${dateOf(this.#setting.now())}\r\n`
    if (!hasLength && !this.#bodyless) {
      this.#chunked = true
      head += 'transfer-encoding: chunked\r\n'
    }
    head += this.#close ? 'connection: close\r\n' : `keep-alive: timeout=${this.#setting.idleSeconds}\r\n`
    this.#head = `${head}\r\n`
  }

  write(chunk: Buffer | string, _encoding?: 'latin1'): boolean {
    if (this.#bodyless || chunk.length === 0) return true
    const { socket } = this
    if (typeof chunk === 'string' && !this.#chunked) {
      const text = this.#head + chunk
      this.#head = ''
      return socket.write(text, 'latin1')
    }
    socket.cork()
    const before = this.#chunked ? `${this.#head}${chunk.length.toString(16)}\r\n` : this.#head
    this.#head = ''
    if (before !== '') socket.write(before, 'latin1')
    let more = typeof chunk === 'string' ? socket.write(chunk, 'latin1') : socket.write(chunk)
    if (this.#chunked) more = socket.write('\r\n', 'latin1')
    socket.uncork()
    return more
  }

  end(chunk?: Buffer): void {
    if (this.#over) return
    if (chunk !== undefined) this.write(chunk)
    this.#over = true
    const rest = this.#chunked ? `${this.#head}0\r\n\r\n` : this.#head
    this.#head = ''
    if (rest !== '') this.socket.write(rest, 'latin1')
    this.#connection.done(this.#close)
  }

  flushHeaders(): void {
    if (this.#head === '') return
    this.socket.write(this.#head, 'latin1')
    this.#head = ''
  }

  destroy(): void {
    this.socket.destroy()
  }

  on(_event: 'drain', listener: () => void): void {
    this.#drained = listener
  }

  once(_event: 'close', listener: () => void): void {
    this.#closed = listener
  }

  /** For the connection. */
  onDrain(): void {
    this.#drained()
  }

  /** For the connection. */
  onClose(): void {
    this.#over = true
    this.#closed()
  }
}

const CONTENT_LENGTH = 'content-length'
const DATE = 'date'
/** As the balancer spells it. */
const CONNECTION = 'connection'

function nothing(): void {}

let date = ''
let dateUntilMs = Number.NEGATIVE_INFINITY

/** The present as headers have it, to the second. */
function dateOf(nowMs: number): string {
  if (nowMs >= dateUntilMs || nowMs < dateUntilMs - 1000) {
    const present = new Date()
    date = present.toUTCString()
    dateUntilMs = nowMs + 1000 - present.getMilliseconds()
  }
  return date
}
