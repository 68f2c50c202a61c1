/** `loadgen run --distributed`: a run whose segments the workers at a Redis carry out, down to one merged result. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT_INTERRUPTED, LoadgenError, PRODUCT_VERSION, WorldError } from '../../core/index.ts'
import { resolvePolicy } from '../policies.ts'
import { createRunDirectory, type RunDirectory } from '../run-directory.ts'
import { type FinishedRun, type RunScenarioOptions, runIdOf } from '../run-scenario.ts'
import { planHash } from '../segments/plan-hash.ts'
import { requireAccounts } from '../segments/require-accounts.ts'
import { targetAddress } from '../target-address.ts'
import { Coordinator } from './coordinator.ts'
import type { DistributedPlan } from './distributed-plan.ts'
import { mergeSegments, segmentFolder } from './merge-segments.ts'
import { openRedis, type RedisLink } from './redis-link.ts'
import { runKeys } from './run-keys.ts'
import { receiveFiles } from './segment-files.ts'
import { workersAt } from './workers-at.ts'

export interface DistributedOptions extends Omit<RunScenarioOptions, 'share' | 'processes'> {
  /** URL. */
  readonly redis: string
  /** How many there are to be [default: what the workers can take at once]. */
  readonly segments?: number
  readonly note: (text: string) => void
  /** How long Redis may be away in mid-run [default: 15 s]. */
  readonly patienceMs?: number
}

const WORKERS_MS = 10_000
const LOOK_MS = 250

/** The run was ended before there was anything to keep. */
export class NothingBegun extends LoadgenError {
  override readonly exitCode = EXIT_INTERRUPTED
}

/** @throws LoadgenError where nothing comes of it; what the workers have stays with them */
export async function runDistributed(options: DistributedOptions): Promise<FinishedRun> {
  const { loaded, target, events, note, signal } = options
  const { scenario } = loaded
  resolvePolicy(scenario.routing.policy)
  if (target !== undefined) targetAddress(target)
  const link = await openRedis(options.redis)
  try {
    const segments = options.segments ?? (await slotsAt(link, note, signal))
    requireAccounts(scenario, segments)
    const startedAt = new Date()
    const directory = createRunDirectory(options.out, scenario.name, startedAt)
    events.onStart(directory)
    const runId = runIdOf(scenario, startedAt)
    const plan = planOf(options, segments, runId, resolve(directory.path, 'segments'))
    const coordinator = new Coordinator({ ...options, link, plan, onProgress: events.onProgress })
    const { outcomes, problems } = await coordinator.run()
    events.onWorldEnd()
    if (outcomes.length === 0) {
      removeEmpty(plan, directory)
      if (signal.aborted)
        throw new NothingBegun('interrupted before any segment had begun: nothing was measured')
      throw new WorldError(`no segment came to its end: ${problems.join('; ')}`)
    }
    for (const outcome of outcomes.filter(({ shared }) => !shared)) {
      await receiveFiles(link.redis, runKeys(plan.token), outcome, segmentFolder(plan, outcome.index))
    }
    await link.redis.del(runKeys(plan.token).results)
    rmSync(join(plan.folder, plan.mark))
    return await mergeSegments({ plan, directory, outcomes, problems }, options)
  } finally {
    link.close()
  }
}

function planOf(
  { loaded, target }: DistributedOptions,
  segments: number,
  runId: string,
  folder: string,
): DistributedPlan {
  const { scenario } = loaded
  const token = randomUUID().slice(0, 13)
  const mark = `.shared-${token}`
  mkdirSync(folder)
  writeFileSync(join(folder, mark), token)
  return {
    token,
    runId,
    version: PRODUCT_VERSION,
    planHash: planHash(scenario, scenario.seed),
    segments,
    loaded,
    target: target ?? null,
    folder,
    mark,
  }
}

/** Unless a worker has left something there. */
function removeEmpty({ folder, mark }: DistributedPlan, { path }: RunDirectory): void {
  rmSync(join(folder, mark), { force: true })
  try {
    rmdirSync(folder)
    rmdirSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
  }
}

/** As many segments as all workers together can take at once. @throws WorldError if there are no workers */
async function slotsAt(
  { redis, place }: RedisLink,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const deadlineMs = performance.now() + WORKERS_MS
  for (let looks = 0; ; looks++) {
    const slots = (await workersAt(redis)).reduce((sum, worker) => sum + worker.slots, 0)
    if (slots > 0) return slots
    if (signal.aborted) throw new NothingBegun('interrupted before a worker was there: nothing was measured')
    if (performance.now() > deadlineMs) {
      throw new WorldError(
        `${place}: no worker is there: start some with "loadgen worker --redis URL", or say with --segments how many will come`,
      )
    }
    if (looks === 0) note(`${place}: no worker is there yet: waiting`)
    await sleep(LOOK_MS)
  }
}
