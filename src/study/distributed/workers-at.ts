/** The workers that are there. */
import type { Redis } from 'ioredis'
import { WORKERS } from './run-keys.ts'
import type { WorkerPresence } from './serve-segments.ts'

export async function workersAt(redis: Redis): Promise<WorkerPresence[]> {
  const keys = new Set<string>()
  for await (const found of redis.scanStream({ match: `${WORKERS}*`, count: 1000 })) {
    for (const key of found as string[]) keys.add(key)
  }
  if (keys.size === 0) return []
  const texts = await redis.mget(...keys)
  return texts.filter((text) => text !== null).map((text) => JSON.parse(text) as WorkerPresence)
}
