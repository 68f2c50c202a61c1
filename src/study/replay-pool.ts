/** Many replays on several cores. Their results do not depend on how many. */
import { Worker } from 'node:worker_threads'
import pLimit from 'p-limit'
import { WorldError } from '../core/index.ts'
import { type ReplayResult, type ReplayTask, replay } from './replay.ts'
import type { WorkerAnswer } from './replay-worker.ts'

// The compiled file, also when this one runs from its source: a worker thread knows no TypeScript.
const WORKER = new URL('../../dist/study/replay-worker.js', import.meta.url)

export interface ReplayPoolOptions {
  /** Worker threads; with 1 everything happens in this thread. */
  readonly jobs: number
  readonly onResult?: (result: ReplayResult) => void
  /** Aborting it ends the replays; those that are not done are left out. */
  readonly signal?: AbortSignal
}

/** Replays all tasks. Results come in the order of the tasks; undefined where the signal cut in. */
export async function replayAll(
  tasks: readonly ReplayTask[],
  { jobs, onResult, signal }: ReplayPoolOptions,
): Promise<(ReplayResult | undefined)[]> {
  const threads = Math.min(jobs, tasks.length)
  const limit = pLimit(Math.max(1, threads))
  const idle = threads > 1 ? Array.from({ length: threads }, () => new Worker(WORKER)) : []
  const all = [...idle]
  const run = async (task: ReplayTask): Promise<ReplayResult | undefined> => {
    if (signal?.aborted) return undefined
    const worker = idle.pop()
    const result = worker === undefined ? await replay(task) : await ask(worker, task, signal)
    if (worker !== undefined) idle.push(worker)
    if (result !== undefined) onResult?.(result)
    return result
  }
  try {
    return await Promise.all(tasks.map((task) => limit(run, task)))
  } finally {
    limit.clearQueue() // of what is left when one has failed
    await Promise.all(all.map((worker) => worker.terminate()))
  }
}

function ask(
  worker: Worker,
  task: ReplayTask,
  signal: AbortSignal | undefined,
): Promise<ReplayResult | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage)
      worker.off('error', onError)
      signal?.removeEventListener('abort', onAbort)
    }
    const onMessage = (answer: WorkerAnswer): void => {
      settle()
      if ('result' in answer) resolve(answer.result)
      else
        reject(new WorldError(`a replay of "${task.policy}" with seed ${task.seed} failed: ${answer.error}`))
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
