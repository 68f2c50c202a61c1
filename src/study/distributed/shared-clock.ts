/**
 * One clock for machines whose own differ: that of Redis. Each asks it for the time a few times, and takes the answer
 * that came back quickest, halfway through its journey (Cristian: "Probabilistic clock synchronization", 1989).
 */
import type { Redis } from 'ioredis'
import { epochMs } from '../../worlds/index.ts'

const ASKED = 5

/** How much the clock of this machine is ahead of that of Redis, in ms; wrong by at most half of the quickest journey. */
export async function clockOffsetMs(redis: Redis): Promise<number> {
  let offsetMs = 0
  let quickestMs = Number.POSITIVE_INFINITY
  for (let i = 0; i < ASKED; i++) {
    const askedMs = epochMs()
    const redisMs = await redisTimeMs(redis)
    const heardMs = epochMs()
    const journeyMs = heardMs - askedMs
    if (journeyMs >= quickestMs) continue
    quickestMs = journeyMs
    offsetMs = askedMs + journeyMs / 2 - redisMs
  }
  return offsetMs
}

export async function redisTimeMs(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time()
  return Number(seconds) * 1000 + Number(microseconds) / 1000
}
