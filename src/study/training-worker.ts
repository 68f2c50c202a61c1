/** A worker thread that trains one model: the main thread stays free for progress and signals. */
import { parentPort, workerData } from 'node:worker_threads'
import { LoadgenError } from '../core/index.ts'
import {
  type EpochReport,
  type TrainingBeginning,
  type TrainingSummary,
  type TrainModelOptions,
  trainModel,
} from '../learning/index.ts'

/** What of the options can be sent to another thread. */
export type TrainingTask = Omit<TrainModelOptions, 'onBegin' | 'onEpoch' | 'shouldStop'>

export interface TrainingWorkerData {
  readonly task: TrainingTask
  /** Shape [1]; anything but 0: stop after this epoch. Shared, so that it is seen in the middle of synchronous work. */
  readonly stop: Int32Array
}

export type TrainingMessage =
  | { readonly beginning: TrainingBeginning }
  | { readonly epoch: EpochReport }
  | { readonly summary: TrainingSummary }
  | { readonly error: { readonly kind: string; readonly message: string } }

const { task, stop } = workerData as TrainingWorkerData
const tell = (message: TrainingMessage): void => parentPort!.postMessage(message)

trainModel({
  ...task,
  onBegin: (beginning) => tell({ beginning }),
  onEpoch: (epoch) => tell({ epoch }),
  shouldStop: () => Atomics.load(stop, 0) !== 0,
}).then(
  (summary) => tell({ summary }),
  (error: Error) => {
    if (!(error instanceof LoadgenError)) throw error
    tell({ error: { kind: error.name, message: error.message } })
  },
)
