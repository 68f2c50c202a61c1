/** What a summary is made of, of all segments together. */
import { type MeanRewards, RewardSums, unionOf } from '../../experience/index.ts'
import { SERVICES, type ServiceName } from '../../scenario/index.ts'
import { DecisionStatistics } from '../../worlds/index.ts'
import type { CapturedRun } from '../captured-run.ts'
import { RunStatistics } from '../statistics/run-statistics.ts'
import type { CaptureSummary, PollSummary } from '../summary/capture-summary.ts'
import type { SummaryInput } from '../summary/summarize.ts'

/** Of all, whatever they say themselves. */
export interface MergedFacts {
  readonly runId: string
  /** The file of the merged records. */
  readonly experiences: string
  /** Why it is not the whole run; null if it is. */
  readonly stopped: string | null
  /** In front of those of the segments. */
  readonly warnings: readonly string[]
}

/** @param inputs at least one, in the order of the segments; they are not changed */
export function mergeInputs(inputs: readonly SummaryInput[], facts: MergedFacts): SummaryInput {
  const [first] = inputs as [SummaryInput, ...SummaryInput[]]
  const statistics = RunStatistics.fromJSON(first.scenario, first.statistics.toJSON())
  for (const input of inputs.slice(1)) statistics.merge(input.statistics)
  const captured = mergeCaptured(inputs)
  const aborted = inputs.find(({ abortedBy }) => (abortedBy ?? null) !== null)
  const startMs = Math.min(...inputs.map(({ startedAt }) => startedAt.getTime()))
  const overMs = Math.max(...inputs.map(({ startedAt, wallMs }) => startedAt.getTime() + wallMs))
  return {
    ...first,
    runId: facts.runId,
    target: distinct(inputs.map(({ target }) => target)).join(', '),
    startedAt: new Date(startMs),
    endMs: Math.max(...inputs.map(({ endMs }) => endMs)),
    wallMs: overMs - startMs,
    interrupted: inputs.some(({ interrupted }) => interrupted),
    stopped: facts.stopped,
    ...(aborted === undefined ? {} : { abortedBy: aborted.abortedBy! }),
    statistics,
    decisions: mergeDecisions(inputs, captured),
    captured,
    experience: {
      decisions: sum(inputs.map(({ experience }) => experience.decisions)),
      recorded: sum(inputs.map(({ experience }) => experience.recorded)),
      file: inputs.some(({ experience }) => experience.file !== null) ? facts.experiences : null,
      rewards: mergeRewards(inputs),
    },
    warnings: distinct([...facts.warnings, ...inputs.flatMap(({ warnings }) => warnings)]),
  }
}

function mergeRewards(inputs: readonly SummaryInput[]): MeanRewards | null {
  const rewards = inputs.flatMap(({ experience }) => experience.rewards ?? [])
  if (rewards.length === 0) return null
  const sums = new RewardSums()
  for (const reward of rewards) sums.merge(RewardSums.fromJSON(reward.sums))
  return sums.means()
}

/** Clients that captured decisions met the instances each in its own order: they are counted by their ids. */
function mergeDecisions(
  inputs: readonly SummaryInput[],
  captured: CapturedRun | undefined,
): DecisionStatistics | undefined {
  if (inputs.every(({ decisions }) => decisions === undefined)) return undefined
  const merged = new DecisionStatistics()
  for (const input of inputs) {
    if (input.decisions === undefined) continue
    const places = input.captured === undefined ? undefined : placesOf(input.captured, captured!)
    merged.merge(input.decisions, (service, instance) => places?.[service]?.[instance] ?? instance)
  }
  return merged
}

/** By service, where the instances of one capture stand among those of all. */
function placesOf({ instances }: CapturedRun, all: CapturedRun): readonly (readonly number[])[] {
  return SERVICES.map((service) => unionOf([all.instances[service], instances[service]]).places[1]!)
}

function mergeCaptured(inputs: readonly SummaryInput[]): CapturedRun | undefined {
  const runs = inputs.flatMap(({ captured }) => captured ?? [])
  const [first] = runs
  if (first === undefined) return undefined
  const summaries = runs.map(({ summary }) => summary)
  const total = (of: (summary: CaptureSummary) => number): number => sum(summaries.map(of))
  const instances = {} as Record<ServiceName, readonly string[]>
  for (const service of SERVICES) {
    instances[service] = unionOf(runs.map((run) => run.instances[service])).all
  }
  return {
    summary: {
      ...first.summary,
      attempts: total(({ attempts }) => attempts),
      answered: total(({ answered }) => answered),
      named: total(({ named }) => named),
      retried: total(({ retried }) => retried),
      strangers: addUp(summaries.map(({ strangers }) => strangers)),
      missingFeatures: distinct(summaries.flatMap(({ missingFeatures }) => missingFeatures)),
      polls: mergePolls(summaries.flatMap(({ polls }) => polls)),
    },
    untold: distinct(runs.flatMap(({ untold }) => untold)),
    instances,
  }
}

function mergePolls(polls: readonly PollSummary[]): PollSummary[] {
  const servers = distinct(polls.map(({ source, url }) => `${source} ${url}`))
  return servers.map((server) => {
    const same = polls.filter(({ source, url }) => `${source} ${url}` === server)
    return {
      ...same[0]!,
      asked: sum(same.map(({ asked }) => asked)),
      failed: sum(same.map(({ failed }) => failed)),
      problems: addUp(same.map(({ problems }) => problems)),
    }
  })
}

function addUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) {
    total[name] = (total[name] ?? 0) + count
  }
  return total
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)]
}
