/**
 * An HTTP server that can be away for a while, as a process that died: nobody can connect then, whoever was connected
 * is cut off, and when it comes back it is on the port that it had.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type HttpHandler, type RunningServer, startHttpServer } from './http-server.ts'

/** While it was away, the system may have lent its port to a connection of somebody else. */
const PORT_RETRY_MS = 20

export class Listener {
  readonly #handler: HttpHandler
  #port = 0
  #server: RunningServer | undefined
  /** As it is to be; it takes a moment until it is. */
  #open = false
  #settled: Promise<void> = Promise.resolve()

  constructor(handler: HttpHandler) {
    this.#handler = handler
  }

  /** The system's choice, from the start on. */
  get port(): number {
    return this.#port
  }

  /** @throws TargetError if there is no port to be had */
  async start(): Promise<void> {
    this.#server = await startHttpServer(this.#handler)
    this.#port = this.#server.port
    this.#open = true
  }

  /** Goes away, or comes back. */
  setOpen(open: boolean): void {
    if (open === this.#open) return
    this.#open = open
    this.#settled = this.#settled.then(() => (open ? this.#comeBack() : this.#goAway()))
  }

  async close(): Promise<void> {
    this.setOpen(false)
    await this.#settled
  }

  async #goAway(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    await server?.close()
  }

  async #comeBack(): Promise<void> {
    while (this.#open && this.#server === undefined) {
      this.#server = await startHttpServer(this.#handler, this.#port).catch(() => undefined)
      if (this.#server === undefined) await delay(PORT_RETRY_MS)
    }
  }
}
