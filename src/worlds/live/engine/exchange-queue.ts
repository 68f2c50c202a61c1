/** Exchanges that wait for a connection, first come first served. Those that are over meanwhile are passed by. */
import type { Exchange } from './exchange.ts'

/** The front of the list is cut off when so much of it has gone. */
const LEAST_GONE = 1024

export class ExchangeQueue {
  #list: (Exchange | undefined)[] = []
  #head = 0

  push(exchange: Exchange): void {
    this.#list.push(exchange)
  }

  /** The next one that somebody still waits for. */
  peek(): Exchange | undefined {
    while (this.#head < this.#list.length) {
      const exchange = this.#list[this.#head]!
      if (!exchange.over) return exchange
      this.shift()
    }
    return undefined
  }

  shift(): void {
    this.#list[this.#head++] = undefined
    if (this.#head === this.#list.length) {
      this.#list = []
      this.#head = 0
    } else if (this.#head >= LEAST_GONE && this.#head * 2 >= this.#list.length) {
      this.#list = this.#list.slice(this.#head)
      this.#head = 0
    }
  }
}
