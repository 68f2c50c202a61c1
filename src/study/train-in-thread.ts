/** Training in a thread of its own. The model does not depend on where it is trained. */
import { Worker } from 'node:worker_threads'
import { DataError, EXIT_INTERRUPTED, LearningError, LoadgenError, UsageError } from '../core/index.ts'
import type { EpochReport, TrainingBeginning, TrainingSummary } from '../learning/index.ts'
import type { TrainingMessage, TrainingTask, TrainingWorkerData } from './training-worker.ts'

// The compiled file, also when this one runs from its source: a worker thread knows no TypeScript.
const WORKER = new URL('../../dist/study/training-worker.js', import.meta.url)

/** Tabular epochs take a fraction of a second, and generations of a search a few: a crash costs seconds. */
export const DEFAULT_CHECKPOINT_EPOCHS = 5

/** An epoch, or the reading before the first one, that takes longer than this is not waited for. */
const PATIENCE_MS = 15_000

/** The training did not come to the end of its epoch in time when it was stopped. */
export class TrainingCutOff extends LoadgenError {
  override readonly exitCode = EXIT_INTERRUPTED
}

/** An error that crosses a thread loses its class, and with it the exit code. */
const KINDS = { UsageError, DataError, LearningError } as const

export interface TrainingEvents {
  onBegin?(beginning: TrainingBeginning): void
  onEpoch?(report: EpochReport): void
  /** Aborting it ends the training after the epoch that is running; the best one is kept. */
  readonly signal?: AbortSignal
  /** From then on so long is waited for the end of that epoch: whatever a learner does, a signal ends it. */
  readonly patienceMs?: number
}

/** As `trainModel`. @throws what that throws; TrainingCutOff, which leaves the last checkpoint */
export async function trainInThread(
  task: TrainingTask,
  { onBegin, onEpoch, signal, patienceMs = PATIENCE_MS }: TrainingEvents = {},
): Promise<TrainingSummary> {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const worker = new Worker(WORKER, { workerData: { task, stop } satisfies TrainingWorkerData })
  let patience: NodeJS.Timeout | undefined
  let cutOff: (error: Error) => void = () => {}
  const onAbort = (): void => {
    Atomics.store(stop, 0, 1)
    patience ??= setTimeout(() => cutOff(tookTooLong(patienceMs)), patienceMs)
  }
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  try {
    return await new Promise((resolve, reject) => {
      cutOff = reject
      worker.on('message', (message: TrainingMessage) => {
        if ('beginning' in message) onBegin?.(message.beginning)
        else if ('epoch' in message) onEpoch?.(message.epoch)
        else if ('summary' in message) resolve(message.summary)
        else reject(errorOf(message.error))
      })
      worker.on('error', (error) => reject(outOfMemory(error) ?? error))
      worker.on('exit', (code) => reject(new LearningError(`the training thread ended by itself (${code})`)))
    })
  } finally {
    clearTimeout(patience)
    signal?.removeEventListener('abort', onAbort)
    await worker.terminate()
  }
}

function tookTooLong(patienceMs: number): TrainingCutOff {
  return new TrainingCutOff(
    `interrupted in an epoch that had not ended ${patienceMs / 1000} s later: no model was written; ` +
      'what the last checkpoint holds can be gone on with',
  )
}

function errorOf({ kind, message }: { readonly kind: string; readonly message: string }): Error {
  const Known = KINDS[kind as keyof typeof KINDS]
  return Known === undefined ? new LearningError(message) : new Known(message)
}

function outOfMemory(error: Error): LearningError | undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return undefined
  return new LearningError(
    'not enough memory for the training: train on fewer runs, or a part of them ("loadgen dataset sample")',
    { cause: error },
  )
}
