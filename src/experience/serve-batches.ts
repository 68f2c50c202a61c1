/** The thread's end of a `BatchThread`: batches of numbers come in, lines go to the disk. */
import { parentPort } from 'node:worker_threads'
import type { Batch, BatchAnswer, BatchRequest } from './batch-thread.ts'
import type { JsonlFile } from './jsonl-file.ts'

/** More than this waiting for the disk, and the next batch waits too: a kill would lose it. */
const BACKLOG_BYTES = 4 * 1024 * 1024

export interface BatchServer<Note, Results> {
  readonly file: JsonlFile
  note(note: Note): void
  /** Writes the lines of the first `length` numbers of a batch. */
  write(batch: Batch, length: number): void
  /** What the other end is told when all is on disk. */
  results(): Results
}

/** Serves until there is no more; whatever fails is told to the other end. */
export function serveBatches<Note, Results>(open: () => Promise<BatchServer<Note, Results>>): void {
  const requests = requestsOf<Note>()
  serve(open, requests).then(
    () => parentPort!.close(),
    (error: Error) => answer({ kind: 'failed', message: error.message }),
  )
}

async function serve<Note, Results>(
  open: () => Promise<BatchServer<Note, Results>>,
  requests: AsyncGenerator<BatchRequest<Note>>,
): Promise<void> {
  const server = await open()
  answer({ kind: 'ready' })
  const { file } = server
  for await (const request of requests) {
    if (request.kind === 'end') break
    if (request.kind === 'note') {
      server.note(request.note)
      continue
    }
    server.write(request.batch, request.length)
    file.flush()
    // Whoever measures is to hear of a full disk when it is full, not when there is more to write.
    void file.drained().then(() => tellFailure(file))
    if (file.backlogBytes > BACKLOG_BYTES) await file.drained()
    if (file.error !== undefined) throw file.error
    answer({ kind: 'done', batch: request.batch }, request.batch.buffer)
  }
  await file.close()
  answer<Results>({ kind: 'ended', results: server.results() })
}

function tellFailure({ error }: JsonlFile): void {
  if (error !== undefined) answer({ kind: 'failed', message: error.message })
}

function answer<Results>(message: BatchAnswer<Results>, ...transfer: ArrayBuffer[]): void {
  parentPort!.postMessage(message, transfer)
}

/** The messages of the other end, one after the other. */
function requestsOf<Note>(): AsyncGenerator<BatchRequest<Note>> {
  const waiting: BatchRequest<Note>[] = []
  let wake = (): void => {}
  parentPort!.on('message', (request: BatchRequest<Note>) => {
    waiting.push(request)
    wake()
  })
  return (async function* () {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) yield next
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  })()
}
