/** One segment of a distributed run, from the job in the queue to its files: what a worker does with what it has taken. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorldError } from '../../core/index.ts'
import { epochMs } from '../../worlds/index.ts'
import type { SegmentResult } from '../processes/generator-messages.ts'
import { GeneratorProcess } from '../processes/generator-process.ts'
import type { RunShare } from '../segments/run-share.ts'
import { segmentName, segmentText } from '../segments/segment.ts'
import { type DistributedPlan, fetchPlan, isShared, type SegmentOutcome } from './distributed-plan.ts'
import type { RedisLink } from './redis-link.ts'
import { KEPT_S, type RunKeys, runKeys, type SegmentJob } from './run-keys.ts'
import { sendFiles } from './segment-files.ts'
import { clockOffsetMs } from './shared-clock.ts'
import { RunWatch } from './watch-run.ts'

export interface SegmentJobOptions {
  readonly link: RedisLink
  readonly job: SegmentJob
  /** Folder for the segment where that of the coordinator is not shared. */
  readonly out: string
  readonly note: (text: string) => void
  /** Aborted: the segment is given back. */
  readonly signal: AbortSignal
}

const LOOK_MS = 50
/** What is redone begins so much later than now: its process has to be told. */
const LEAD_MS = 200
/** So long a worker tries to hand in what it has. */
const HAND_IN_MS = 10_000

/** @throws WorldError if the segment cannot be carried out here, Error if it is to be redone elsewhere */
export async function carryOutSegment(options: SegmentJobOptions): Promise<void> {
  const { link, job, note, signal } = options
  const { redis } = link
  const keys = runKeys(job.token)
  const plan = await fetchPlan(redis, job.token)
  const attempt = await redis.hincrby(keys.begun, String(job.index), 1)
  await redis.expire(keys.begun, KEPT_S)
  const segment = { index: job.index, count: plan.segments }
  const what = `segment ${segmentText(segment)} of ${plan.loaded.scenario.name}`
  note(`${what}: ${attempt === 1 ? 'taken' : 'taken over, and done again'}`)
  const generator = await GeneratorProcess.start()
  const watch = new RunWatch(redis, keys, job.index, attempt)
  try {
    const offsetMs = await clockOffsetMs(redis)
    const start = await whenToStart(options, plan, keys, offsetMs, watch)
    if (signal.aborted) throw new Error(`${what}: the worker was stopped`)
    if (start === undefined) return note(`${what}: ${watch.unwanted} before it began`)
    const place = folderOf(options, plan, segmentName(segment), attempt)
    const share: RunShare = {
      ...start,
      segment,
      runId: plan.runId,
      clockOffsetMs: offsetMs,
      into: place.partial,
    }
    const task = { kind: 'segment', loaded: plan.loaded, target: plan.target ?? undefined, share } as const
    const end = AbortSignal.any([watch.signal, signal])
    const result = await generator.run(task, (progress) => watch.tell(progress), end)
    if (signal.aborted) throw new Error(`${what}: the worker was stopped`)
    if (watch.unwanted === 'taken over') return note(`${what}: another worker has taken it over`)
    const folder = keepAs(place)
    note(`${what}: ${result.interrupted ? 'ended early' : 'done'}, ${result.requests} requests, in ${folder}`)
    if (watch.unwanted === 'abandoned') {
      return note(`${what}: whoever wanted it is gone; "loadgen merge" takes its folder all the same`)
    }
    await handIn(options, keys, {
      ...outcomeOf(result, start, attempt),
      index: job.index,
      folder,
      shared: place.shared,
      clockOffsetMs: offsetMs,
    })
  } finally {
    watch.stop()
    generator.kill()
  }
}

interface Start {
  readonly startEpochMs?: number
  readonly lateMs: number
}

/**
 * In the live world all begin together: each says that it is ready, and waits to be told when. What is redone while the
 * others are at it begins at once, and is so much late: its users come when they come in the plan, only by its own clock.
 */
async function whenToStart(
  { link: { redis }, job, signal }: SegmentJobOptions,
  plan: DistributedPlan,
  keys: RunKeys,
  offsetMs: number,
  watch: RunWatch,
): Promise<Start | undefined> {
  if (plan.loaded.scenario.world === 'virtual') return { lateMs: 0 }
  await redis.sadd(keys.ready, job.index)
  await redis.expire(keys.ready, KEPT_S)
  while (!watch.signal.aborted && !signal.aborted) {
    const go = await redis.get(keys.go)
    if (go === null) await sleep(LOOK_MS)
    else {
      const plannedMs = Number(go) + offsetMs
      const startEpochMs = Math.max(plannedMs, epochMs() + LEAD_MS)
      return { startEpochMs, lateMs: startEpochMs - plannedMs }
    }
  }
  return undefined
}

interface SegmentFolder {
  /** While it is being written; it gets its name when it is whole. */
  readonly partial: string
  readonly final: string
  readonly shared: boolean
}

function folderOf(
  { out }: SegmentJobOptions,
  plan: DistributedPlan,
  name: string,
  attempt: number,
): SegmentFolder {
  const shared = isShared(plan)
  const parent = shared ? plan.folder : resolve(out, `${plan.loaded.scenario.name}-${plan.token}`)
  const final = join(parent, name)
  return { partial: `${final}.partial-${attempt}`, final, shared }
}

/** Whoever was first has the name; a second one is of no use to anybody. */
function keepAs({ partial, final }: SegmentFolder): string {
  if (existsSync(final)) rmSync(partial, { recursive: true })
  else renameSync(partial, final)
  return final
}

function outcomeOf(
  { requests, interrupted, stopped }: SegmentResult,
  { lateMs }: Start,
  attempt: number,
): Pick<SegmentOutcome, 'attempt' | 'host' | 'interrupted' | 'stopped' | 'requests' | 'lateMs'> {
  return { attempt, host: hostname(), interrupted, stopped, requests, lateMs }
}

/** Tells the coordinator, and sends the files if it does not see the folder. With Redis gone, they stay where they are. */
async function handIn(
  { link: { redis, place }, note, signal }: SegmentJobOptions,
  keys: RunKeys,
  outcome: Omit<SegmentOutcome, 'files' | 'kept'>,
): Promise<void> {
  const deadlineMs = performance.now() + HAND_IN_MS
  for (;;) {
    try {
      const { files, kept } = outcome.shared ? { files: [], kept: [] } : await sendFiles(redis, keys, outcome)
      const told: SegmentOutcome = { ...outcome, files, kept }
      await redis.hsetnx(keys.results, String(outcome.index), JSON.stringify(told))
      await redis.expire(keys.results, KEPT_S)
      return
    } catch (error) {
      if (performance.now() < deadlineMs && !signal.aborted) {
        await sleep(LEAD_MS)
        continue
      }
      note(
        `${place}: no answer from Redis any more (${(error as Error).message}): segment ${outcome.index + 1} is kept in ` +
          `${outcome.folder}; when all are there, "loadgen merge" puts them together`,
      )
      throw new WorldError('its results could not be handed in')
    }
  }
}
