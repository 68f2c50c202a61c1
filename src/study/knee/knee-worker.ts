/** A worker thread that tries what rates it is sent, one at a time. */
import { parentPort } from 'node:worker_threads'
import type { ThreadAnswer } from '../thread-pool.ts'
import { type RateTask, type RateTry, tryVirtually } from './try-rate.ts'

parentPort!.on('message', (task: RateTask) => {
  tryVirtually(task).then(
    (result) => parentPort!.postMessage({ result } satisfies ThreadAnswer<RateTry>),
    (error: Error) => parentPort!.postMessage({ error: error.message } satisfies ThreadAnswer<RateTry>),
  )
})
