/** `reward`: a run with other weights, or another target latency. The parts are on record, so nothing is run again. */
import {
  DataError,
  isServerFailure,
  REWARD_PARTS,
  type RewardParts,
  type RewardSettings,
  UsageError,
} from '../../core/index.ts'
import { openRun } from '../read-records.ts'
import type { ExperienceRecord, RecordedRewards } from '../record.ts'
import { latencyReward, satisfactionReward, throughputReward, totalReward } from '../reward.ts'
import { DerivedRun, type DerivedRuns, leftOutOf, madeBy, problemsOf } from './derived-run.ts'
import { writeFreshDirectory } from './fresh-directory.ts'
import { readRequests, requestsFileOf } from './session-index.ts'

/** As records have it. */
const DECIMALS = 1e6
/** Where a throughput part is cut off: beyond it, it does not tell how much it was. */
const CAP = 50

export interface RewardOptions {
  readonly run: string
  /** Of parts that are not named the weight is 0. */
  readonly weights: Partial<RewardParts>
  /** That of the run unless told otherwise. */
  readonly targetLatencyMs?: number
  readonly out: string
}

/**
 * @throws UsageError for weights without a meaning
 * @throws DataError if the run cannot be read
 */
export async function rewardRun({
  run: path,
  weights,
  targetLatencyMs,
  out,
}: RewardOptions): Promise<DerivedRuns> {
  const run = openRun(path)
  const before = run.description.reward
  const reward: RewardSettings = {
    targetLatencyMs: targetLatencyMs ?? before.targetLatencyMs,
    weights: Object.fromEntries(
      REWARD_PARTS.map((part) => [part, weights[part] ?? 0]),
    ) as unknown as RewardParts,
  }
  requireSettings(reward)
  const requests = requestsFileOf(run)
  return await writeFreshDirectory(out, (partial) => {
    const {
      made: { by, from },
    } = madeBy(run.description, 'reward', [run])
    const description = { ...run.description, reward, made: { by, from } } // the sum of its parts from now on
    const target = new DerivedRun(partial, description, { requests: requests !== undefined })
    let unknown = 0
    try {
      for (const record of run.records()) {
        const rewarded = withReward(record, before.targetLatencyMs, reward)
        if (record.rewards?.throughput !== null && rewarded.rewards?.throughput === null) unknown++
        target.experiences.line(JSON.stringify(rewarded))
      }
      if (requests !== undefined) for (const { text } of readRequests(requests)) target.requests!.line(text)
    } finally {
      target.close()
    }
    if (target.experiences.lines === 0) throw new DataError(`${run.file}: no usable record to reward`)
    const note = `throughput of ${unknown} decisions is null now: it was cut off at ${CAP} of the smaller target latency`
    return {
      runs: [{ directory: out, decisions: target.experiences.lines }],
      leftOut: leftOutOf([run]),
      problems: [...problemsOf([run]), ...(unknown > 0 ? [note] : [])],
    }
  })
}

function requireSettings({ weights, targetLatencyMs }: RewardSettings): void {
  if (!(targetLatencyMs > 0 && targetLatencyMs < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`--target-latency: expected milliseconds above 0, got ${targetLatencyMs}`)
  }
  const faulty = REWARD_PARTS.find((part) => !(weights[part] >= 0 && Number.isFinite(weights[part])))
  if (faulty !== undefined)
    throw new UsageError(`--weights: ${faulty}: expected a number from 0, got ${weights[faulty]}`)
  if (REWARD_PARTS.some((part) => weights[part] > 0)) return
  throw new UsageError('--weights: all are 0, so every reward would be 0: give at least one part a weight')
}

function withReward(record: ExperienceRecord, beforeMs: number, settings: RewardSettings): ExperienceRecord {
  const { outcome, rewards } = record
  if (outcome === null || rewards === null) return record
  const parts = settings.targetLatencyMs === beforeMs ? rewards : partsAt(record, rewards, beforeMs, settings)
  return { ...record, rewards: parts, reward: rounded(totalReward(parts, settings)) }
}

/** The parts at another target latency. What was not known stays unknown. */
function partsAt(
  { outcome }: ExperienceRecord,
  rewards: RecordedRewards,
  beforeMs: number,
  { targetLatencyMs: afterMs }: RewardSettings,
): RecordedRewards {
  const { latencyMs, status } = outcome!
  const cutOff = rewards.throughput === -CAP && afterMs > beforeMs
  const areaMs = rewards.throughput === null || cutOff ? null : -rewards.throughput * beforeMs
  const known = latencyMs !== null
  return {
    latency: rewards.latency !== null && known ? rounded(latencyReward(latencyMs, afterMs)) : null,
    error: rewards.error,
    throughput: areaMs === null ? null : rounded(throughputReward(areaMs, afterMs)),
    balance: rewards.balance,
    satisfaction:
      rewards.satisfaction !== null && known
        ? satisfactionReward(latencyMs, isServerFailure({ status }), afterMs)
        : null,
  }
}

function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS + 0
}
