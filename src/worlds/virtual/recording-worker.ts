/** The thread behind `RecordingThread`: batches of numbers come in, lines go to the disk. */
import { workerData } from 'node:worker_threads'
import { serveBatches } from '../../experience/index.ts'
import { openRecording, type RecordingStart } from './open-recording.ts'

serveBatches(() => openRecording(workerData as RecordingStart))
