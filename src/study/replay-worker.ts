/** A worker thread that replays what it is sent, one task at a time. */
import { parentPort } from 'node:worker_threads'
import { type ReplayResult, type ReplayTask, replay } from './replay.ts'

export type WorkerAnswer = { readonly result: ReplayResult } | { readonly error: string }

parentPort!.on('message', async (task: ReplayTask) => {
  let answer: WorkerAnswer
  try {
    answer = { result: await replay(task) }
  } catch (error) {
    answer = { error: (error as Error).message }
  }
  parentPort!.postMessage(answer)
})
