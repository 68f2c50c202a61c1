/**
 * The files of a segment on their way through Redis, where worker and coordinator share no folder: gzip, in chunks, and
 * only up to a bound. Statistics always fit; of a data set that does not, the worker says where it lies.
 */

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { Redis } from 'ioredis'
import { WorldError } from '../../core/index.ts'
import type { SegmentOutcome, SentFile } from './distributed-plan.ts'
import { KEPT_S, type RunKeys } from './run-keys.ts'

/** Compressed, of one segment. */
const MOST_BYTES = 64 * 1024 * 1024
const CHUNK_BYTES = 512 * 1024
/** Of interest where the segment was run, if anywhere. */
const LEFT_THERE = ['run.log', 'report.html']

export interface SentFiles {
  readonly files: readonly SentFile[]
  readonly kept: readonly string[]
}

/** Small ones first: what numbers are made of is sent whatever the data sets weigh. */
export async function sendFiles(
  redis: Redis,
  keys: RunKeys,
  { index, attempt, folder }: Pick<SegmentOutcome, 'index' | 'attempt' | 'folder'>,
  mostBytes = MOST_BYTES,
): Promise<SentFiles> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !LEFT_THERE.includes(entry.name))
    .map(({ name }) => ({ name, bytes: statSync(join(folder, name)).size }))
    .sort((a, b) => a.bytes - b.bytes)
  const files: SentFile[] = []
  const kept: string[] = []
  let roomBytes = mostBytes
  for (const { name, bytes } of names) {
    const key = keys.file(index, attempt, name)
    const sent = await sendFile(redis, key, join(folder, name), roomBytes)
    if (sent === undefined) kept.push(name)
    else {
      roomBytes -= sent.sentBytes
      files.push({ name, bytes, sha256: sent.sha256 })
    }
  }
  return { files, kept }
}

/** Undefined if there is no room for it. */
async function sendFile(
  redis: Redis,
  key: string,
  path: string,
  roomBytes: number,
): Promise<{ readonly sha256: string; readonly sentBytes: number } | undefined> {
  const hash = createHash('sha256')
  const zipped = createGzip({ chunkSize: CHUNK_BYTES })
  createReadStream(path)
    .on('data', (chunk) => hash.update(chunk))
    .on('error', (error) => zipped.destroy(error)) // which a pipe does not hand on
    .pipe(zipped)
  let sentBytes = 0
  await redis.del(key)
  for await (const chunk of zipped as AsyncIterable<Buffer>) {
    sentBytes += chunk.length
    if (sentBytes > roomBytes) {
      zipped.destroy()
      await redis.del(key)
      return undefined
    }
    await redis.rpush(key, chunk)
  }
  await redis.expire(key, KEPT_S)
  return { sha256: hash.digest('hex'), sentBytes }
}

/** Writes what was sent of a segment to `folder`, and removes it from Redis. @throws WorldError if it is not what was sent */
export async function receiveFiles(
  redis: Redis,
  keys: RunKeys,
  { index, attempt, files }: SegmentOutcome,
  folder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const { name, sha256 } of files) {
    if (basename(name) !== name) throw new WorldError(`${name} is no name of a file of a run`)
    const key = keys.file(index, attempt, name)
    const hash = createHash('sha256')
    await pipeline(
      Readable.from(chunks(redis, key)),
      createGunzip(),
      async function* (plain: AsyncIterable<Buffer>) {
        for await (const chunk of plain) {
          hash.update(chunk)
          yield chunk
        }
      },
      createWriteStream(join(folder, name)),
    )
    if (hash.digest('hex') !== sha256) {
      throw new WorldError(`${name} of segment ${index + 1} did not arrive as it was sent: run it again`)
    }
    await redis.del(key)
  }
}

async function* chunks(redis: Redis, key: string): AsyncGenerator<Buffer> {
  for (let i = 0; ; i++) {
    const chunk = await redis.lindexBuffer(key, i)
    if (chunk === null) return
    yield chunk
  }
}
