/**
 * A worker: takes segments of whatever runs there are, as many at once as it may, each in a process of its own. BullMQ
 * hands out the jobs, sees when a worker is dead, and gives what it had to another one, once.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { LoadgenError, PRODUCT_VERSION } from '../../core/index.ts'
import { GeneratorLost } from '../processes/generator-process.ts'
import { openRedis, type RedisLink } from './redis-link.ts'
import { ALIVE_MS, HEARTBEAT_MS, PREFIX, QUEUE, type SegmentJob, WORKERS } from './run-keys.ts'
import { carryOutSegment } from './segment-job.ts'

export interface WorkerOptions {
  /** URL. */
  readonly redis: string
  /** Segments at once. */
  readonly concurrency: number
  readonly out: string
  readonly note: (text: string) => void
  /** Aborted: segments under way are given back. */
  readonly signal: AbortSignal
  /** Without a sign of life for so long, this worker is dead, and others take over what it had. */
  readonly deadAfterMs: number
}

/** What of a worker is to be seen in Redis. */
export interface WorkerPresence {
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly slots: number
}

/** Begun once, and once again if its worker died. */
const MOST_STARTS = 2

/** Works until `signal` is aborted. @throws WorldError if Redis does not answer at the start */
export async function serveSegments(options: WorkerOptions): Promise<void> {
  const { redis: url, concurrency, note, signal, deadAfterMs } = options
  const link = await openRedis(url)
  const { Worker, UnrecoverableError } = link.bull
  const worker = new Worker<SegmentJob>(
    QUEUE,
    async ({ data }) => {
      try {
        await carryOutSegment({ link, job: data, out: options.out, note, signal })
      } catch (error) {
        note((error as Error).message)
        // What is wrong with the run is wrong everywhere; what happened to this process need not happen again.
        if (error instanceof LoadgenError && !(error instanceof GeneratorLost))
          throw new UnrecoverableError(error.message)
        throw error
      }
    },
    {
      connection: link.connection,
      prefix: PREFIX,
      concurrency,
      lockDuration: deadAfterMs,
      stalledInterval: deadAfterMs / 2,
      maxStalledCount: MOST_STARTS - 1,
      maxStartedAttempts: MOST_STARTS,
      drainDelay: 1,
      runRetryDelay: 1_000,
    },
  )
  worker.on('error', noteOnce(link, note))
  const gone = announce(link, concurrency)
  note(`worker ready at ${link.place}: ${concurrency} at once; Ctrl-C ends it`)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  link.giveUpLost()
  await gone()
  const patience = new AbortController()
  await Promise.race([
    worker.close(),
    sleep(deadAfterMs, undefined, { signal: patience.signal }).catch(() => {}),
  ])
  patience.abort()
  link.close()
}

/** Lets coordinators know that there is a worker; returns what takes it back. */
function announce({ redis }: RedisLink, slots: number): () => Promise<void> {
  const key = `${WORKERS}${randomUUID()}`
  const presence: WorkerPresence = { host: hostname(), pid: process.pid, version: PRODUCT_VERSION, slots }
  const beat = (): void => void redis.set(key, JSON.stringify(presence), 'PX', ALIVE_MS).catch(() => {})
  beat()
  const timer = setInterval(beat, HEARTBEAT_MS)
  return async () => {
    clearInterval(timer)
    await redis.del(key).catch(() => 0)
  }
}

/** While Redis is away, BullMQ complains of it several times a second. */
function noteOnce({ place }: RedisLink, note: (text: string) => void): (error: Error) => void {
  let last = ''
  return ({ message }) => {
    if (message === last) return
    last = message
    note(`${place}: ${message || 'no answer'}: segments under way go on`)
  }
}
