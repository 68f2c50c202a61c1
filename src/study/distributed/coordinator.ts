/**
 * The end of a distributed run that wants it: puts its segments into the queue, lets all begin together, adds up their
 * progress, cancels them, and gathers what came of each. It sends no load itself.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import { WorldError } from '../../core/index.ts'
import { RunningTotal, type ShareProgress } from '../processes/running-total.ts'
import { type DistributedPlan, publishPlan, type SegmentOutcome } from './distributed-plan.ts'
import type { RedisLink } from './redis-link.ts'
import { ALIVE_MS, jobId, KEPT_S, PREFIX, QUEUE, type RunKeys, runKeys, type SegmentJob } from './run-keys.ts'
import { redisTimeMs } from './shared-clock.ts'
import { workersAt } from './workers-at.ts'

export interface CoordinatorOptions {
  readonly link: RedisLink
  readonly plan: DistributedPlan
  readonly onProgress: (nowMs: number, running: RunningTotal) => void
  readonly note: (text: string) => void
  /** Aborted: all segments end with what they have. */
  readonly signal: AbortSignal
  /** How long Redis may be away [default: 15 s]. */
  readonly patienceMs?: number
}

export interface GatheredSegments {
  readonly outcomes: readonly SegmentOutcome[]
  /** Why there are not as many as there should be. */
  readonly problems: readonly string[]
}

const LOOK_MS = 250
/** From the word to begin to the beginning: each worker must have heard it by then. */
const LEAD_MS = 2_000
/** So long all workers may take to be ready. */
const READY_MS = 60_000
const CANCEL_MS = 20_000
const NOBODY_MS = 20_000
const PATIENCE_MS = 15_000

export class Coordinator {
  readonly #options: CoordinatorOptions
  readonly #keys: RunKeys
  readonly #queue: Queue<SegmentJob>
  readonly #running: RunningTotal
  readonly #outcomes = new Map<number, SegmentOutcome>()
  /** By segment: why there will be nothing of it. */
  readonly #problems = new Map<number, string>()
  readonly #told = new Map<string, string>()
  #beganAtMs = performance.now()
  #cancelledAtMs = Number.POSITIVE_INFINITY
  #workersSeenAtMs = performance.now()
  #gone = false

  constructor(options: CoordinatorOptions) {
    const { link, plan } = options
    this.#options = options
    this.#keys = runKeys(plan.token)
    this.#queue = new link.bull.Queue<SegmentJob>(QUEUE, { connection: link.redis, prefix: PREFIX })
    this.#queue.on('error', () => {})
    this.#running = new RunningTotal(plan.loaded.scenario, plan.segments)
  }

  /** @throws WorldError if Redis is away for too long */
  async run(): Promise<GatheredSegments> {
    const { plan } = this.#options
    await this.#begin()
    while (this.#open().length > 0) {
      await sleep(LOOK_MS)
      await this.#patiently(() => this.#look())
    }
    await this.#cleanUp().catch(() => {})
    const outcomes = [...this.#outcomes.values()].sort((a, b) => a.index - b.index)
    const problems = [...this.#problems].map(([i, why]) => `segment ${i + 1} of ${plan.segments}: ${why}`)
    return { outcomes, problems }
  }

  async #begin(): Promise<void> {
    const { link, plan } = this.#options
    await publishPlan(link.redis, plan)
    await link.redis.set(this.#keys.coordinator, '1', 'PX', ALIVE_MS)
    const kept = { age: KEPT_S }
    await this.#queue.addBulk(
      Array.from({ length: plan.segments }, (_, index) => ({
        name: plan.loaded.scenario.name,
        data: { token: plan.token, index },
        opts: { jobId: jobId(plan.token, index), attempts: 2, removeOnComplete: kept, removeOnFail: kept },
      })),
    )
  }

  /** Segments of which nothing is known yet. */
  #open(): number[] {
    const all = Array.from({ length: this.#options.plan.segments }, (_, i) => i)
    return all.filter((i) => !this.#outcomes.has(i) && !this.#problems.has(i))
  }

  async #look(): Promise<void> {
    const { redis } = this.#options.link
    const { coordinator, results, progress } = this.#keys
    await redis.set(coordinator, '1', 'PX', ALIVE_MS)
    for (const [index, text] of Object.entries(await redis.hgetall(results))) {
      this.#outcomes.set(Number(index), JSON.parse(text) as SegmentOutcome)
    }
    this.#addUp(await redis.hgetall(progress))
    for (const index of this.#open()) await this.#lookAt(index)
    await this.#goOn()
  }

  #addUp(progress: Readonly<Record<string, string>>): void {
    for (const [index, text] of Object.entries(progress)) {
      if (this.#told.get(index) === text) continue
      this.#told.set(index, text)
      this.#running.update(Number(index), JSON.parse(text) as ShareProgress)
    }
    this.#options.onProgress(this.#running.nowMs, this.#running)
  }

  /** Whether anything can still come of a segment. */
  async #lookAt(index: number): Promise<void> {
    const { link, plan } = this.#options
    const id = jobId(plan.token, index)
    const state = await this.#queue.getJobState(id)
    if (state !== 'failed' && state !== 'completed' && state !== 'unknown') return
    // It may have handed in its results since they were asked for.
    if ((await link.redis.hexists(this.#keys.results, String(index))) === 1) return
    const job = await this.#queue.getJob(id)
    this.#problems.set(index, job?.failedReason ?? 'was given up')
  }

  async #goOn(): Promise<void> {
    const { link, plan, signal } = this.#options
    if (signal.aborted) return this.#cancel()
    if (plan.loaded.scenario.world === 'live' && !this.#gone) await this.#barrier()
    const nowMs = performance.now()
    if ((await workersAt(link.redis)).length > 0) this.#workersSeenAtMs = nowMs
    if (nowMs - this.#workersSeenAtMs > NOBODY_MS) this.#giveUp('there is no worker any more')
  }

  /** All begin together, when all can. */
  async #barrier(): Promise<void> {
    const { link, plan, note } = this.#options
    const ready = new Set(await link.redis.smembers(this.#keys.ready))
    if (ready.size === plan.segments) {
      const goMs = (await redisTimeMs(link.redis)) + LEAD_MS
      await link.redis.set(this.#keys.go, String(goMs), 'EX', KEPT_S)
      this.#gone = true
      note(`all ${plan.segments} segments are ready: they begin in ${LEAD_MS / 1000} s`)
      return
    }
    // One that cannot be had at all has its reason; the others would wait for it in vain.
    if (this.#problems.size > 0) this.#giveUp('was ready, but not all others')
    else if (performance.now() - this.#beganAtMs > READY_MS) {
      this.#giveUp(
        `not all ${plan.segments} segments had a worker within ${READY_MS / 1000} s, only ${ready.size}: ` +
          'start more workers, or more at once with --concurrency, or ask for fewer --segments',
      )
    }
    if (this.#open().length === 0) await this.#cancel()
  }

  async #cancel(): Promise<void> {
    const nowMs = performance.now()
    if (this.#cancelledAtMs === Number.POSITIVE_INFINITY) {
      this.#cancelledAtMs = nowMs
      const { link, plan } = this.#options
      await link.redis.set(this.#keys.cancel, '1', 'EX', KEPT_S)
      for (let index = 0; index < plan.segments; index++) {
        const job = await this.#queue.getJob(jobId(plan.token, index))
        // Those under way end by themselves; the lock keeps them.
        await job?.remove().catch(() => {})
      }
    }
    if (nowMs - this.#cancelledAtMs > CANCEL_MS) this.#giveUp('its worker did not end it')
  }

  #giveUp(why: string): void {
    for (const index of this.#open()) this.#problems.set(index, why)
  }

  /** Redis may be away for a moment. */
  async #patiently(look: () => Promise<void>): Promise<void> {
    const { link, plan, patienceMs = PATIENCE_MS, note } = this.#options
    const deadlineMs = performance.now() + patienceMs
    for (let failures = 0; ; failures++) {
      try {
        return await look()
      } catch (error) {
        if (failures === 0) note(`${link.place}: no answer from Redis (${(error as Error).message}): waiting`)
        if (performance.now() > deadlineMs) {
          throw new WorldError(
            `${link.place}: Redis is gone in mid-run: the workers finish their segments and keep them, in ${plan.folder} ` +
              'where they share it, else in the folder that each of them says; when all are there, put them together ' +
              `with "loadgen merge ${plan.folder}/*-of-${plan.segments}"`,
          )
        }
        await sleep(LOOK_MS)
      }
    }
  }

  async #cleanUp(): Promise<void> {
    const { link, plan } = this.#options
    const { plan: planKey, coordinator, ready, go, begun, progress } = this.#keys
    for (let index = 0; index < plan.segments; index++) {
      const job = await this.#queue.getJob(jobId(plan.token, index))
      await job?.remove().catch(() => {})
    }
    await link.redis.del(ready, go, begun, progress)
    // Whoever still believes in it learns by this that nobody wants it any more.
    await link.redis.del(coordinator)
    if (this.#problems.size === 0) await link.redis.del(planKey, this.#keys.cancel)
  }
}
