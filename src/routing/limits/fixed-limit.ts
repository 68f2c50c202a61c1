/** A limit that stays what it is: HAProxy's `maxconn`, nginx' `max_conns`, Envoy's `max_requests`. */
import type { ConcurrencyLimit } from './concurrency-limit.ts'

export class FixedLimit implements ConcurrencyLimit {
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  onSuccess(): void {}

  onDrop(): void {}
}
