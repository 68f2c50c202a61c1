/**
 * An answer on its way to the client: in one write if all of it is there at once, as nearly all are, and as it comes
 * otherwise. A client that is slow slows the instance down; one that leaves is noticed.
 */
import type { ClientResponse } from './client-exchange.ts'
import { linger } from './replies.ts'

/** The head of a shorter answer waits for the first of its body. */
const SHORT_BYTES = 64 * 1024

export interface AnswerReader {
  /** The client can take more. */
  onDrain(): void
  /** The client has left before the end. */
  onGone(): void
}

export class AnswerWriter {
  readonly #response: ClientResponse
  readonly #reader: AnswerReader
  readonly #status: number
  /** Names and values in turn. */
  readonly #headers: string[]
  /** NaN if it is not known. */
  readonly #contentLength: number
  #held: Buffer | undefined
  #begun = false
  #over = false

  constructor(
    response: ClientResponse,
    reader: AnswerReader,
    status: number,
    headers: string[],
    contentLength: number,
  ) {
    this.#response = response
    this.#reader = reader
    this.#status = status
    this.#headers = headers
    this.#contentLength = contentLength
    // What comes in one piece is here before the next tick.
    if (!(contentLength <= SHORT_BYTES)) process.nextTick(begin, this)
  }

  /** Returns whether the client can take more at once. */
  write(chunk: Buffer): boolean {
    if (this.#over) return true
    if (this.#begun) return this.#response.write(chunk)
    if (chunk.length === this.#contentLength) {
      this.#writeHead()
      this.#finishShort(chunk)
      return true
    }
    if (Number.isNaN(this.#contentLength) && this.#held === undefined) {
      this.#held = chunk
      return true
    }
    this.begin()
    return this.#response.write(chunk)
  }

  end(): void {
    if (this.#over) return
    if (this.#begun) return this.#finish(undefined)
    if (Number.isNaN(this.#contentLength) && this.#hasBody()) {
      this.#headers.push('content-length', String(this.#held?.length ?? 0))
    }
    this.#writeHead()
    if (this.#held === undefined) this.#finish(undefined)
    else this.#finishShort(this.#held)
  }

  /**
   * The rest does not come. Returns whether the client has had none of it, and can be told; otherwise its connection
   * is broken, which is the one way to say that a body is not whole.
   */
  breakOff(): boolean {
    this.#over = true
    if (this.#begun) this.#response.destroy()
    return !this.#begun
  }

  /** Sends what there is. */
  begin(): void {
    if (this.#begun || this.#over) return
    this.#writeHead()
    this.#begun = true
    const response = this.#response
    response.on('drain', () => this.#reader.onDrain())
    response.once('close', () => {
      if (this.#over) return
      this.#over = true
      this.#reader.onGone()
    })
    if (this.#held === undefined) response.flushHeaders()
    else response.write(this.#held)
  }

  #writeHead(): void {
    this.#response.writeHead(this.#status, this.#headers)
  }

  /**
   * Head and body in one write. As a string, the body joins the head before it goes to the system, where `end(chunk)`
   * would gather head, body and an empty end in three pieces (`writev`, 14 % of a profile).
   */
  #finishShort(body: Buffer): void {
    const { socket, req } = this.#response
    if (body.length > SHORT_BYTES || socket === null || !req.complete) return this.#finish(body)
    this.#over = true
    this.#response.write(body.toString('latin1'), 'latin1')
    socket.uncork()
    this.#response.end()
  }

  #finish(rest: Buffer | undefined): void {
    this.#over = true
    const response = this.#response
    if (response.req.complete) {
      response.end(rest)
      return
    }
    if (rest !== undefined) response.write(rest)
    linger(response)
  }

  #hasBody(): boolean {
    return this.#response.req.method !== 'HEAD' && this.#status !== 204 && this.#status !== 304
  }
}

function begin(writer: AnswerWriter): void {
  writer.begin()
}
