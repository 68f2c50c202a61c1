/** What the engine keeps for one user: the cookies of the session, and, if users have them, connections of their own. */
import type { Connection } from './connections.ts'
import { CookieJar } from './cookies.ts'

/** Connections of a user to one origin that have room for another request. */
interface Shelf {
  readonly origin: object
  readonly free: Connection[]
}

export class EngineUser {
  readonly keepsCookies: boolean
  /** Most users are never told one. */
  #cookies: CookieJar | undefined = undefined
  /** There is rarely more than one. */
  #shelves: Shelf[] | undefined = undefined

  constructor(keepsCookies: boolean) {
    this.keepsCookies = keepsCookies
  }

  /** Undefined: there are none yet. */
  get cookies(): CookieJar | undefined {
    return this.#cookies
  }

  /** For a first cookie. */
  get jar(): CookieJar {
    return (this.#cookies ??= new CookieJar())
  }

  /** A new session is a new visit: what the last one was told is forgotten. Connections stay. */
  beginSession(): void {
    this.#cookies?.clear()
  }

  /** For the connections. */
  freeTo(origin: object): Connection[] {
    this.#shelves ??= []
    for (const shelf of this.#shelves) if (shelf.origin === origin) return shelf.free
    const free: Connection[] = []
    this.#shelves.push({ origin, free })
    return free
  }
}
