/**
 * Compressed files, read as they are and without waiting: readers of records and traces are plain loops.
 *
 * Node can inflate a stream only while its event loop turns. So a thread does that, and hands chunks over a port that
 * the reader empties without a turn of its own loop; a shared counter lets the one sleep until the other is ready.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import * as zlib from 'node:zlib'
import { DataError } from './errors.ts'

/** Name of a function of `node:zlib` that makes the stream. */
type Inflater = 'createGunzip' | 'createZstdDecompress'

/** Compressed forms of a data file, by the ending of its name. */
const INFLATERS: Readonly<Record<string, Inflater>> = {
  '.gz': 'createGunzip',
  '.zst': 'createZstdDecompress',
}

/** Endings of compressed files that can be read. */
export const COMPRESSED_ENDINGS = Object.keys(INFLATERS)

/** Chunks that the thread may be ahead. */
const AHEAD = 4
const SENT = 0
const TAKEN = 1

/** Plain JavaScript, since a thread cannot be started from a file that a bundler or a test runner has not built. */
const THREAD = `
const { workerData: { file, inflater, counters, port } } = require('node:worker_threads')
const { createReadStream } = require('node:fs')
const zlib = require('node:zlib')
const send = (message, list) => {
  port.postMessage(message, list)
  Atomics.add(counters, ${SENT}, 1)
  Atomics.notify(counters, ${SENT})
}
const work = async () => {
  const source = createReadStream(file, { highWaterMark: 1 << 17 })
  const stream = zlib[inflater]({ chunkSize: 1 << 20 })
  source.on('error', (error) => stream.destroy(error))
  for await (const chunk of source.pipe(stream)) {
    const bytes = new Uint8Array(chunk)
    send({ bytes }, [bytes.buffer])
    for (;;) {
      const taken = Atomics.load(counters, ${TAKEN})
      if (taken < 0) return
      if (Atomics.load(counters, ${SENT}) - taken < ${AHEAD}) break
      Atomics.wait(counters, ${TAKEN}, taken)
    }
  }
  send({ end: true })
}
work().catch((error) => send({ error: error.message }))
`

interface Message {
  readonly bytes?: Uint8Array
  readonly end?: true
  readonly error?: string
}

/** How to inflate a file of this name; undefined if it is not compressed. @throws DataError if this Node cannot */
export function inflaterOf(file: string): Inflater | undefined {
  const ending = COMPRESSED_ENDINGS.find((one) => file.endsWith(one))
  if (ending === undefined) return undefined
  const inflater = INFLATERS[ending]!
  if (inflater in zlib) return inflater
  throw new DataError(
    `${file}: this Node (${process.version}) cannot read ${ending}: use Node 22.15 or later, or "zstd -d" first`,
  )
}

/** @throws DataError where the compressed bytes are damaged or end too early */
export function* inflatedChunks(file: string, inflater: Inflater): Generator<Buffer> {
  const counters = new Int32Array(new SharedArrayBuffer(8))
  const { port1, port2 } = new MessageChannel()
  const workerData = { file, inflater, counters, port: port2 }
  const thread = new Worker(THREAD, { eval: true, workerData, transferList: [port2] })
  thread.unref()
  try {
    for (let taken = 0; ; taken++) {
      Atomics.wait(counters, SENT, taken)
      const { bytes, error } = (receiveMessageOnPort(port1) as { message: Message }).message
      if (error !== undefined) throw damaged(file, error)
      if (bytes === undefined) return
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      Atomics.store(counters, TAKEN, taken + 1)
      Atomics.notify(counters, TAKEN)
    }
  } finally {
    Atomics.store(counters, TAKEN, -1)
    Atomics.notify(counters, TAKEN)
    port1.close()
    void thread.terminate()
  }
}

function damaged(file: string, error: string): DataError {
  return new DataError(`${file}: damaged (${error}): copy it again, or read what is left with "gzip -dc"`)
}
