/**
 * What a worker watches while it has a segment: whether it is still wanted. It is not when the run is cancelled, when its
 * coordinator is gone, or when another worker has taken the segment over, because this one was thought dead.
 *
 * A Redis that is gone says nothing of all this: then the segment goes on to its end.
 */
import type { Redis } from 'ioredis'
import type { ShareProgress } from '../processes/running-total.ts'
import { KEPT_S, type RunKeys } from './run-keys.ts'

const WATCH_MS = 250

/** cancelled: with the results so far; the others: without. */
export type Unwanted = 'cancelled' | 'abandoned' | 'taken over'

export class RunWatch {
  readonly #redis: Redis
  readonly #keys: RunKeys
  readonly #index: number
  readonly #attempt: number
  readonly #unwanted = new AbortController()
  readonly #timer: NodeJS.Timeout
  #told: ShareProgress | undefined
  #asking = false

  constructor(redis: Redis, keys: RunKeys, index: number, attempt: number) {
    this.#redis = redis
    this.#keys = keys
    this.#index = index
    this.#attempt = attempt
    this.#timer = setInterval(() => void this.#look(), WATCH_MS)
  }

  /** Aborted when the segment is not wanted any more; its reason is an `Unwanted`. */
  get signal(): AbortSignal {
    return this.#unwanted.signal
  }

  get unwanted(): Unwanted | undefined {
    return this.signal.aborted ? (this.signal.reason as Unwanted) : undefined
  }

  /** Told to the coordinator at the next look. */
  tell(progress: ShareProgress): void {
    this.#told = progress
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      const { plan, coordinator, cancel, begun, progress } = this.#keys
      const questions = this.#redis.multi().exists(plan, coordinator).exists(plan).exists(cancel)
      questions.hget(begun, String(this.#index))
      if (this.#told !== undefined) {
        questions.hset(progress, String(this.#index), JSON.stringify(this.#told)).expire(progress, KEPT_S)
        this.#told = undefined
      }
      const answers = (await questions.exec())!.map(([, answer]) => answer)
      const [both, known, cancelled, attempts] = answers
      if (cancelled === 1) this.#unwanted.abort('cancelled' satisfies Unwanted)
      else if (Number(attempts) > this.#attempt) this.#unwanted.abort('taken over' satisfies Unwanted)
      else if (known === 1 && both !== 2) this.#unwanted.abort('abandoned' satisfies Unwanted)
    } catch {
      // Redis is gone, for now at least.
    } finally {
      this.#asking = false
    }
  }
}
