/**
 * A JSONL file that is appended to without ever blocking the event loop.
 *
 * Lines are collected in memory and handed to the disk in chunks, one write at a time and only whole lines, so
 * that a kill at any moment leaves at most the last line torn. Whoever produces faster than the disk writes can
 * ask `backlogBytes` and wait for `drained()`.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { WorldError } from '../core/index.ts'

const CHUNK_BYTES = 256 * 1024
/** Chunks kept for reuse. */
const SPARE_CHUNKS = 64

export class JsonlFile {
  readonly path: string
  readonly #file: FileHandle
  #chunk: Uint8Array = new Uint8Array(CHUNK_BYTES)
  #used = 0
  #lines = 0
  readonly #queue: Uint8Array[] = []
  readonly #spare: Uint8Array[] = []
  #backlogBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #active = false
  #error: WorldError | undefined

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  /** @throws WorldError if the file cannot be made */
  static async create(path: string): Promise<JsonlFile> {
    try {
      return new JsonlFile(path, await open(path, 'w'))
    } catch (error) {
      throw new WorldError(`${path}: cannot be written (${(error as Error).message}): choose another folder`)
    }
  }

  /** Lines taken so far. */
  get lines(): number {
    return this.#lines
  }

  /** Bytes that are on their way to the disk. */
  get backlogBytes(): number {
    return this.#backlogBytes
  }

  /** The first failure of the disk. Lines after it are dropped. */
  get error(): WorldError | undefined {
    return this.#error
  }

  /** Takes one line, which must end in a newline. The bytes are copied. */
  writeLine(bytes: Uint8Array, length: number): void {
    if (this.#error !== undefined) return
    if (this.#used + length > this.#chunk.length) this.flush()
    if (length > this.#chunk.length) this.#chunk = new Uint8Array(length * 2)
    this.#chunk.set(length === bytes.length ? bytes : bytes.subarray(0, length), this.#used)
    this.#used += length
    this.#lines++
  }

  /** Sends what has been collected on its way. */
  flush(): void {
    // After a failure the file may end in half a line: nothing more may be put behind it.
    if (this.#used === 0 || this.#error !== undefined) return
    this.#queue.push(this.#chunk.subarray(0, this.#used))
    this.#backlogBytes += this.#used
    this.#chunk = this.#spare.pop() ?? new Uint8Array(CHUNK_BYTES)
    this.#used = 0
    if (!this.#active) {
      this.#active = true
      this.#writing = this.#writeQueue()
    }
  }

  /** Resolves when everything flushed is on its way to the disk no more. */
  async drained(): Promise<void> {
    await this.#writing
  }

  /** Writes the rest and closes. @throws WorldError if the disk failed at any time */
  async close(): Promise<void> {
    this.flush()
    await this.drained()
    await this.#file.close()
    if (this.#error !== undefined) throw this.#error
  }

  async #writeQueue(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        // All that waits goes in one call: a busy producer gives the event loop a turn only now and then.
        const chunks = this.#queue.splice(0)
        await this.#writeWhole(chunks)
        for (const chunk of chunks) this.#recycle(chunk)
      }
    } catch (error) {
      this.#error = new WorldError(
        `${this.path}: writing failed (${(error as Error).message}): free some space or choose another folder; ` +
          'the lines written so far are kept',
      )
      this.#queue.length = 0
      this.#backlogBytes = 0
    } finally {
      this.#active = false
    }
  }

  #recycle(chunk: Uint8Array): void {
    this.#backlogBytes -= chunk.length
    const enough = this.#spare.length >= SPARE_CHUNKS || chunk.buffer.byteLength !== CHUNK_BYTES
    if (!enough) this.#spare.push(new Uint8Array(chunk.buffer))
  }

  async #writeWhole(chunks: readonly Uint8Array[]): Promise<void> {
    let left = [...chunks]
    while (left.length > 0) {
      const { bytesWritten } = await this.#file.writev(left)
      left = afterWriting(left, bytesWritten)
    }
  }
}

/** What is left of `chunks` when their first `bytes` bytes are on disk. */
function afterWriting(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes
  let first = 0
  while (first < chunks.length && skip >= chunks[first]!.length) skip -= chunks[first++]!.length
  const left = chunks.slice(first)
  if (skip > 0) left[0] = left[0]!.subarray(skip)
  return left
}
