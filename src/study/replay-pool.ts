/** Many replays on several cores. Their results do not depend on how many. */
import { WorldError } from '../core/index.ts'
import { type ReplayResult, type ReplayTask, replay } from './replay.ts'
import { ThreadPool } from './thread-pool.ts'

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
  const pool = new ThreadPool({
    worker: WORKER,
    threads: Math.min(jobs, tasks.length),
    work: replay,
    failure: ({ policy, seed }, message) =>
      new WorldError(`a replay of "${policy}" with seed ${seed} failed: ${message}`),
  })
  try {
    return await Promise.all(tasks.map((task) => pool.ask(task, { signal, onResult })))
  } finally {
    await pool.close() // without what is left when one has failed
  }
}
