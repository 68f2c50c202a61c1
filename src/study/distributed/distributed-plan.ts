/** What the workers of a distributed run are told: the whole plan, and by what they know that they mean the same. */
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { PRODUCT_VERSION, WorldError } from '../../core/index.ts'
import type { LoadedScenario } from '../../scenario/index.ts'
import { planHash } from '../segments/plan-hash.ts'
import { KEPT_S, runKeys } from './run-keys.ts'

export interface DistributedPlan {
  readonly token: string
  readonly runId: string
  /** Of the loadgen that cut the run. */
  readonly version: string
  readonly planHash: string
  readonly segments: number
  readonly loaded: LoadedScenario
  readonly target: string | null
  /** Where the coordinator keeps the segments. A worker that finds `mark` there shares the folder. */
  readonly folder: string
  readonly mark: string
}

/** What came of a segment. */
export interface SegmentOutcome {
  readonly index: number
  /** 1, or 2 if it was redone. */
  readonly attempt: number
  readonly host: string
  /** Its run directory, on its host. */
  readonly folder: string
  readonly shared: boolean
  readonly interrupted: boolean
  readonly stopped: string | null
  readonly requests: number
  /** How much later than planned it began. */
  readonly lateMs: number
  readonly clockOffsetMs: number
  /** Files that were sent through Redis; none where the folder is shared. */
  readonly files: readonly SentFile[]
  /** Files that were too large for that. */
  readonly kept: readonly string[]
}

export interface SentFile {
  readonly name: string
  readonly sha256: string
  readonly bytes: number
}

export async function publishPlan(redis: Redis, plan: DistributedPlan): Promise<void> {
  await redis.set(runKeys(plan.token).plan, JSON.stringify(plan), 'EX', KEPT_S)
}

/** @throws WorldError if there is none, or it cannot be carried out as it is meant */
export async function fetchPlan(redis: Redis, token: string): Promise<DistributedPlan> {
  const text = await redis.get(runKeys(token).plan)
  if (text === null) throw new WorldError('its run is not known any more')
  const plan = JSON.parse(text) as DistributedPlan
  if (plan.version !== PRODUCT_VERSION) {
    throw new WorldError(
      `the worker on ${hostname()} is loadgen ${PRODUCT_VERSION}, the run is of ${plan.version}: install the same everywhere`,
    )
  }
  const { scenario } = plan.loaded
  const hash = planHash(scenario, scenario.seed)
  if (hash !== plan.planHash) {
    throw new WorldError(
      `the worker on ${hostname()} reads another plan from the scenario (${hash.slice(0, 8)}, not ` +
        `${plan.planHash.slice(0, 8)}): install the same build of loadgen everywhere`,
    )
  }
  return plan
}

/** Whether this machine sees the folder of the coordinator, be it on the same disk or by shared storage. */
export function isShared({ folder, mark, token }: DistributedPlan): boolean {
  const file = join(folder, mark)
  return existsSync(file) && readFileSync(file, 'utf8') === token
}
