/** The thread behind the request log of a run (`RequestLog` of `study`): rows of numbers come in, lines go to the disk. */
import { workerData } from 'node:worker_threads'
import { serveBatches } from '../serve-batches.ts'
import { openRequestLines } from './request-lines.ts'
import type { RequestLogStart } from './request-row.ts'

serveBatches(() => openRequestLines(workerData as RequestLogStart))
