/**
 * The way to Redis, by BullMQ (jobs, locks, redoing what a dead worker had) and ioredis (everything else). Both are
 * optional: without them there is a clear error, and only distributed runs are missing.
 */
import type { Redis } from 'ioredis'
import { UsageError, WorldError } from '../../core/index.ts'

export type Bull = typeof import('bullmq')

export interface RedisLink {
  readonly redis: Redis
  readonly bull: Bull
  /** Without its password, for messages. */
  readonly place: string
  /** What BullMQ makes connections of its own from. */
  readonly connection: {
    readonly url: string
    readonly maxRetriesPerRequest: null
    readonly retryStrategy: () => number | null
  }
  /** From now on, a connection that is lost stays so: nobody waits for a Redis that is gone. */
  giveUpLost(): void
  close(): void
}

/** A command that has no answer by then is an error: a run must not hang on a Redis that is gone. */
const COMMAND_TIMEOUT_MS = 3_000
const RECONNECT_MS = 500

/** @throws UsageError for what is no URL of a Redis, WorldError if nothing answers there, or the packages are missing */
export async function openRedis(url: string): Promise<RedisLink> {
  const place = placeOf(url)
  const { bull, ioredis } = await packages()
  const redis = new ioredis.Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: () => RECONNECT_MS,
  })
  // What goes wrong is told by the command that it goes wrong for; of a connection that is not made, only this knows why.
  let cause: Error | undefined
  redis.on('error', (error: Error) => (cause = error))
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    redis.disconnect()
    throw new WorldError(
      `${place}: no answer from Redis (${(cause ?? (error as Error)).message}): start one with "redis-server", or correct --redis`,
    )
  }
  let reconnects = true
  return {
    redis,
    bull,
    place,
    connection: { url, maxRetriesPerRequest: null, retryStrategy: () => (reconnects ? RECONNECT_MS : null) },
    giveUpLost: () => (reconnects = false),
    close: () => redis.disconnect(),
  }
}

function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && (parsed.protocol === 'redis:' || parsed.protocol === 'rediss:')) {
    if (parsed.password !== '') parsed.password = '***'
    return parsed.href
  }
  throw new UsageError(
    '--redis: expected a URL like redis://127.0.0.1:6379, or rediss://user:password@host:6379/0',
  )
}

async function packages(): Promise<{ bull: Bull; ioredis: Pick<typeof import('ioredis'), 'Redis'> }> {
  try {
    const [bull, ioredis] = await Promise.all([import('bullmq'), import('ioredis')])
    return { bull, ioredis }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new WorldError(
      'distributed runs need the packages bullmq and ioredis, which are not installed: npm install bullmq ioredis',
    )
  }
}
