/** The thread behind `RecordingThread`: batches of numbers come in, lines go to the disk. */
import { parentPort, workerData } from 'node:worker_threads'
import { ExperienceLog, JsonlFile } from '../../experience/index.ts'
import { EventReplay } from './log-events.ts'
import type { RecordingAnswer, RecordingRequest, RecordingStart } from './recording-thread.ts'

/** More than this waiting for the disk, and the next batch waits too. */
const BACKLOG_BYTES = 16 * 1024 * 1024

const { file: path, names } = workerData as RecordingStart
const counts = names.services.map((service) => names.instances[service]!.length)

function answer(message: RecordingAnswer, ...transfer: ArrayBuffer[]): void {
  parentPort!.postMessage(message, transfer)
}

async function record(): Promise<void> {
  const file = await JsonlFile.create(path)
  const log = new ExperienceLog({ ...names, sink: file })
  const replay = new EventReplay(log, names.services, counts)
  for await (const request of requests()) {
    if (request.kind === 'end') break
    if (request.kind === 'decider') {
      replay.addDecider(request.decider)
      continue
    }
    replay.replay(request.batch, request.length)
    file.flush()
    if (file.backlogBytes > BACKLOG_BYTES) await file.drained()
    if (file.error !== undefined) throw file.error
    answer({ kind: 'done', batch: request.batch }, request.batch.buffer)
  }
  await file.close()
  const { decisions, recorded } = log
  answer({ kind: 'ended', decisions, recorded, rewards: log.rewards.means() })
}

/** The messages of the world, one after the other. */
async function* requests(): AsyncGenerator<RecordingRequest> {
  const waiting: RecordingRequest[] = []
  let wake = (): void => {}
  parentPort!.on('message', (request: RecordingRequest) => {
    waiting.push(request)
    wake()
  })
  for (;;) {
    const next = waiting.shift()
    if (next !== undefined) yield next
    else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}

record().then(
  () => parentPort!.close(),
  (error: Error) => answer({ kind: 'failed', message: error.message }),
)
