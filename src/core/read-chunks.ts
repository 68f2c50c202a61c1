/** The bytes of a data file, chunk by chunk; compressed ones as they were before they were compressed. */
import { closeSync, openSync, readSync } from 'node:fs'
import { inflatedChunks, inflaterOf } from './inflate.ts'

const CHUNK_BYTES = 1 << 20

/**
 * Yields the content of a file. A chunk is overwritten by the next.
 *
 * @throws DataError if a compressed file cannot be read any further: what could be read has been yielded by then
 */
export function* readChunks(file: string): Generator<Buffer> {
  const inflater = inflaterOf(file)
  if (inflater !== undefined) {
    yield* inflatedChunks(file, inflater)
    return
  }
  const descriptor = openSync(file, 'r')
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  try {
    for (;;) {
      const size = readSync(descriptor, chunk, 0, CHUNK_BYTES, null)
      if (size === 0) return
      yield chunk.subarray(0, size)
    }
  } finally {
    closeSync(descriptor)
  }
}
