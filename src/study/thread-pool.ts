/** Worker threads that answer one question at a time each. What they answer does not depend on how many there are. */
import { Worker } from 'node:worker_threads'
import pLimit from 'p-limit'

/** What a thread says: an error that crosses over loses its class, so its message is all that is sent. */
export type ThreadAnswer<Result> = { readonly result: Result } | { readonly error: string }

export interface ThreadPoolOptions<Task, Result> {
  /** The compiled file, also when this one runs from its source: a worker thread knows no TypeScript. */
  readonly worker: URL
  /** With 1, everything happens in this thread. */
  readonly threads: number
  /** What a thread does with a task. */
  readonly work: (task: Task) => Promise<Result>
  /** From what a thread says to what is thrown here. */
  readonly failure: (task: Task, message: string) => Error
}

interface AskOptions<Result> {
  readonly signal?: AbortSignal | undefined
  readonly onResult?: ((result: Result) => void) | undefined
}

export class ThreadPool<Task, Result> {
  readonly #options: ThreadPoolOptions<Task, Result>
  readonly #limit: ReturnType<typeof pLimit>
  readonly #all: readonly Worker[]
  readonly #idle: Worker[]

  constructor(options: ThreadPoolOptions<Task, Result>) {
    const { threads, worker } = options
    this.#options = options
    this.#limit = pLimit(Math.max(1, threads))
    this.#all = threads > 1 ? Array.from({ length: threads }, () => new Worker(worker)) : []
    this.#idle = [...this.#all]
  }

  /**
   * @param onResult is told before the next task begins, so that it can still be called off
   * @returns undefined where the signal cut in
   */
  ask(task: Task, { signal, onResult }: AskOptions<Result> = {}): Promise<Result | undefined> {
    return this.#limit(async () => {
      if (signal?.aborted) return undefined
      const worker = this.#idle.pop()
      const result =
        worker === undefined ? await this.#options.work(task) : await this.#askThread(worker, task, signal)
      if (worker !== undefined) this.#idle.push(worker)
      if (result !== undefined) onResult?.(result)
      return result
    })
  }

  /** Ends the threads; what has not begun never does. */
  async close(): Promise<void> {
    this.#limit.clearQueue()
    await Promise.all(this.#all.map((worker) => worker.terminate()))
  }

  #askThread(worker: Worker, task: Task, signal: AbortSignal | undefined): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        worker.off('message', onMessage)
        worker.off('error', onError)
        signal?.removeEventListener('abort', onAbort)
      }
      const onMessage = (answer: ThreadAnswer<Result>): void => {
        settle()
        if ('result' in answer) resolve(answer.result)
        else reject(this.#options.failure(task, answer.error))
      }
      const onError = (error: Error): void => {
        settle()
        reject(error)
      }
      const onAbort = (): void => {
        settle()
        resolve(undefined)
      }
      worker.on('message', onMessage)
      worker.on('error', onError)
      signal?.addEventListener('abort', onAbort)
      worker.postMessage(task)
    })
  }
}
