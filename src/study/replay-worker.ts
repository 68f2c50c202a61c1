/** A worker thread that replays what it is sent, one task at a time. */
import { parentPort } from 'node:worker_threads'
import { type ReplayResult, type ReplayTask, replay } from './replay.ts'
import type { ThreadAnswer } from './thread-pool.ts'

parentPort!.on('message', (task: ReplayTask) => {
  replay(task).then(
    (result) => parentPort!.postMessage({ result } satisfies ThreadAnswer<ReplayResult>),
    (error: Error) => parentPort!.postMessage({ error: error.message } satisfies ThreadAnswer<ReplayResult>),
  )
})
