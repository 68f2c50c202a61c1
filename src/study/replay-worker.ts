/** A worker thread that replays what it is sent, one task at a time. */
import { parentPort } from 'node:worker_threads'
import { type ReplayResult, type ReplayTask, replay } from './replay.ts'

export type WorkerAnswer = { readonly result: ReplayResult } | { readonly error: string }

parentPort!.on('message', (task: ReplayTask) => {
  replay(task).then(
    (result) => parentPort!.postMessage({ result } satisfies WorkerAnswer),
    (error: Error) => parentPort!.postMessage({ error: error.message } satisfies WorkerAnswer),
  )
})
