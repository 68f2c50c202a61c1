/** The linter of our own records: everything that a reader would accept without a word, and should not. */
import { isServerFailure, REWARD_PARTS, readLines } from '../../core/index.ts'
import { openRun, type RecordedRun } from '../read-records.ts'
import type { DatasetDescription, ExperienceRecord } from '../record.ts'
import { totalReward } from '../reward.ts'
import { ChangingStates } from './changing-states.ts'
import { datasetStatistics } from './dataset-statistics.ts'
import { DecisionOrder } from './decision-order.ts'
import type { FindingKind, Findings } from './findings.ts'
import { parsed } from './predecessor-faults.ts'
import { RewardSuspicion } from './reward-suspicion.ts'

const SUM_TOLERANCE = 1e-6
/** Parts and reward are rounded to a millionth each. */
const REWARD_TOLERANCE = 1e-5
const MOST_SELF_LOOPS = 0.5
const LEAST_TRIED = 0.5
const FEWEST_DECISIONS = 10_000
const FEWEST_FOR_ONE_ACTION = 20
const PER_CENT = 100

/** Returns the number of usable records. @throws DataError if there is no run to read */
export function lintRun(path: string, findings: Findings): number {
  const run = openRun(path)
  const order = new DecisionOrder()
  const rewards = new RewardSuspicion()
  const states = new ChangingStates()
  let records = 0
  for (const { text, number, ended } of readLines(run.file)) {
    const record = recordOf(run, text, number, ended, findings)
    if (record === undefined) continue
    records++
    order.add(record.decision, record.t, number)
    states.add(record.service, record.state)
    lintRecord(record, run.description, (kind, detail) => findings.atLine(kind, number, detail))
    const { outcome, reward } = record
    if (outcome !== null && typeof reward === 'number' && Number.isFinite(reward)) {
      rewards.add(reward, outcome.status, isServerFailure({ status: outcome.status }), outcome.latencyMs)
    }
  }
  order.report(findings)
  rewards.report(findings)
  states.report(records, findings)
  if (records === 0) findings.overall('empty', 'not one line is a record of this run')
  else lintWhole(path, findings)
  return records
}

function recordOf(
  run: RecordedRun,
  text: string,
  number: number,
  ended: boolean,
  findings: Findings,
): ExperienceRecord | undefined {
  const { value, fault } = parsed(text, ended)
  if (fault !== undefined) {
    findings.atLine(fault.fault as FindingKind, number, fault.detail)
    return undefined
  }
  run.problems.clear()
  const record = run.check(value, number)
  for (const [kind] of run.problems.counts) {
    findings.atLine(kind, number, run.problems.messages[0]!.replace(/^.*?:\d+: \w+: /, ''))
  }
  return record
}

type Report = (kind: FindingKind, detail: string) => void

function lintRecord(record: ExperienceRecord, dataset: DatasetDescription, report: Report): void {
  const { action, outcome, next, t, service } = record
  if (t < 0) report('time-backwards', `t: ${t}`)
  if (next !== null && next.dtMs < 0) report('time-backwards', `next.dtMs: ${next.dtMs}`)
  if (next === null && !record.done) report('no-next', 'next: null, though something follows')
  if (action === null) report('no-action', 'action: null')
  else {
    const instance = dataset.services[service]![action.index]
    if (instance !== action.instance) {
      report(
        'unknown-instance',
        `action.instance: ${JSON.stringify(action.instance)}: dataset.json has ${instance}`,
      )
    }
    lintPropensity(record, action.index, report)
  }
  if (outcome === null || outcome === undefined) report('no-outcome', 'outcome: null')
  else lintReward(record, dataset, report)
}

function lintPropensity(
  { propensity, propensityEstimated, state }: ExperienceRecord,
  chosen: number,
  report: Report,
) {
  if (propensity === null) return report('no-propensity', 'propensity: null')
  if (propensityEstimated === true) report('propensity-estimated', 'propensityEstimated: true')
  const sum = propensity.reduce((total, one) => total + one, 0)
  const within = propensity.every((one) => one >= 0 && one <= 1 + SUM_TOLERANCE)
  if (!within || !(Math.abs(sum - 1) <= SUM_TOLERANCE)) report('propensity-sum', `propensity: sums to ${sum}`)
  if (propensity.length !== state.instances.length) {
    report('propensity-length', `propensity: ${propensity.length} for ${state.instances.length} instances`)
  }
  if (!(propensity[chosen]! > 0)) report('propensity-chosen', `propensity[${chosen}]: ${propensity[chosen]}`)
}

function lintReward(
  { outcome, rewards, reward }: ExperienceRecord,
  dataset: DatasetDescription,
  report: Report,
): void {
  if (outcome!.latencyMs !== null && outcome!.latencyMs < 0)
    report('time-backwards', `outcome.latencyMs: ${outcome!.latencyMs}`)
  if (typeof reward !== 'number' || !Number.isFinite(reward)) {
    return report('no-reward', `reward: expected a number, got ${JSON.stringify(reward)}`)
  }
  if (rewards === null || typeof rewards !== 'object' || dataset.made?.foreignRewards === true) return
  const odd = REWARD_PARTS.find((part) => rewards[part] !== null && typeof rewards[part] !== 'number')
  if (odd !== undefined) return report('shape', `rewards.${odd}: expected a number or null`)
  const total = totalReward(rewards, dataset.reward)
  if (Math.abs(total - reward) > REWARD_TOLERANCE)
    report('reward-sum', `reward: ${reward}, its parts make ${total}`)
}

/** What no single line shows. */
function lintWhole(path: string, findings: Findings): void {
  const { all, groups } = datasetStatistics([path])
  const percent = (share: number) => `${(share * PER_CENT).toFixed(1)} %`
  if (all.selfLoops !== null && all.selfLoops >= MOST_SELF_LOOPS) {
    findings.overall('self-loop', `in ${percent(all.selfLoops)} of the decisions`)
  }
  for (const [service, { withAction, coverage }] of Object.entries(groups.service)) {
    if (withAction >= FEWEST_FOR_ONE_ACTION && coverage.entropy === 0 && coverage.tried! < 1) {
      findings.overall('one-action', `${service}: in ${withAction} decisions`)
    }
  }
  const { constant, coverage, decisions } = all
  if (constant.length > 0) {
    findings.overall('constant-feature', constant.join(', '))
  }
  if (coverage.tried !== null && coverage.tried < LEAST_TRIED) {
    findings.overall(
      'coverage',
      `${percent(coverage.tried)} of the pairs of state class and instance were tried`,
    )
  }
  if (decisions < FEWEST_DECISIONS) findings.overall('few', `${decisions} decisions`)
}
